/** What a GraphQL endpoint answers. */
export interface GraphqlAnswer<Data> {
  data?: Data | null
  errors?: {
    message: string
    path?: (string | number)[]
    extensions?: { code?: string } & Record<string, unknown>
  }[]
  extensions?: Record<string, unknown>
}

/** Posts an operation as a client does; `key` undefined: as a stranger. */
export async function graphql<Data = Record<string, unknown>>(
  url: string,
  key: string | undefined,
  document: string,
  variables?: Record<string, unknown>,
): Promise<{ status: number; body: GraphqlAnswer<Data> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ query: document, variables }),
  })
  return { status: response.status, body: (await response.json()) as GraphqlAnswer<Data> }
}

/** The data of an operation that must not fail in any part. */
export async function graphqlData<Data = Record<string, unknown>>(
  url: string,
  key: string,
  document: string,
  variables?: Record<string, unknown>,
): Promise<Data> {
  const { status, body } = await graphql<Data>(url, key, document, variables)
  if (body.errors !== undefined || body.data == null) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body.data
}
