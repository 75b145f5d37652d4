/** Twenty orders, each with its contact, its lines and its invoices with their lines: some 23 KB of answer. */
export const deepPage = `query DeepPage($after: String) {
  orders(first: 20, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges {
      cursor
      node {
        id number serviceStatus billingStatus totalAmount currency createdAt
        contact { id emailAddress firstName lastName }
        lineItems {
          id quantity
          variant { id name sku }
          price { id amount paymentType }
        }
        invoices(first: 5) {
          edges {
            node {
              id number status totalAmount issuedAt
              lineItems { id quantity amount variant { id name } }
            }
          }
        }
      }
    }
  }
}`

/** One order by id. */
export const oneOrder = `query OneOrder($id: ID!) {
  order(id: $id) { id number serviceStatus billingStatus totalAmount currency createdAt }
}`

/** What PostGraphile calls the deep page. */
export const postgraphileDeepPage = `query DeepPage($workspaceId: BigInt!, $after: Cursor) {
  allOrders(condition: { workspaceId: $workspaceId }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC], first: 20, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges {
      cursor
      node {
        id number serviceStatus billingStatus totalAmount currency createdAt
        contactByWorkspaceIdAndContactId { id emailAddress firstName lastName }
        orderLineItemsByWorkspaceIdAndOrderId(orderBy: POSITION_ASC) {
          nodes {
            id quantity
            variantByWorkspaceIdAndProductIdAndVariantId { id name sku }
            priceByWorkspaceIdAndProductIdAndPriceId { id amount paymentType }
          }
        }
        invoicesByWorkspaceIdAndOrderId(first: 5, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
          edges {
            node {
              id number status totalAmount issuedAt
              invoiceLineItemsByWorkspaceIdAndInvoiceId(orderBy: POSITION_ASC) {
                nodes { id quantity amount variantByWorkspaceIdAndProductIdAndVariantId { id name } }
              }
            }
          }
        }
      }
    }
  }
}`

/** What PostGraphile calls one order by id. */
export const postgraphileOneOrder = `query OneOrder($id: ID!) {
  order(id: $id) { id number serviceStatus billingStatus totalAmount currency createdAt }
}`

/** What a server costs that does nothing. */
export const hello = '{ hello }'

/** A new order with three lines. */
export const createOrder = `mutation CreateOrder($input: CreateOrderInput!) {
  createOrder(input: $input) {
    __typename
    ... on CreateOrderPayload { order { id number totalAmount } eventCursor }
    ... on UserError { code message path }
  }
}`
