import { createServer } from 'node:http'
import { GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { reportListening } from './environment.ts'

// Yoga as its guide has it, with a schema that does nothing.
const hello = { type: new GraphQLNonNull(GraphQLString), resolve: () => 'world' }
const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { hello } }) })
const yoga = createYoga({ schema, logging: false, graphiql: false })
reportListening(createServer(yoga))
