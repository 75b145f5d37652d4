/** Twenty orders, each with its contact, its lines and its invoices with their lines. */
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

/** What a server costs that does nothing. */
export const hello = '{ hello }'
