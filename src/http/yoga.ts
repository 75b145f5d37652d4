import { createRequire } from 'node:module'
import type { ExecutionResult, GraphQLSchema } from 'graphql'
import type { Plugin, YogaLogger } from 'graphql-yoga'
import type { Logger } from 'pino'

// Its CommonJS build loads in two thirds of the time, and Yoga is the largest part of a start.
const { createYoga } = createRequire(import.meta.url)('graphql-yoga') as typeof import('graphql-yoga')

/** What the gate hands over with a request: the parameters it has read, and what runs them. */
interface HandedOver {
  params: unknown
  run(params: unknown): Promise<ExecutionResult>
}

/**
 * Yoga for HTTP: checks of the parameters, content negotiation, status codes, event streams. Operations run on the path
 * that WebSockets take too, so everything of Yoga's that would do this a second time is off.
 */
export function yogaHandler(schema: GraphQLSchema, logger: YogaLogger) {
  const yoga = createYoga<HandedOver>({
    schema,
    logging: logger,
    plugins: [handedOver],
    maskedErrors: { isDev: false, errorMessage: 'Internal server error' },
    batching: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    // The gate has read the body, with a limit.
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    // Any URL that ends so would be answered as healthy; none can end with a line break.
    healthCheckEndpoint: '\n',
  })
  return yoga.handleNodeRequestAndResponse
}

const handedOver: Plugin<object, HandedOver> = {
  onRequestParse({ serverContext, setRequestParser }) {
    setRequestParser(() => serverContext.params as never)
  },
  onParams({ setParamsHandler }) {
    setParamsHandler(run)
  },
}

function run({ params, context }: { params: unknown; context: HandedOver }) {
  return context.run(params)
}

/** Yoga's own messages in the log of the gateway. */
export function yogaLogger(log: Logger): YogaLogger {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => {
    return (...said: unknown[]) => log[level]({ component: 'yoga', said })
  }
  // Every request says several things at this level: they are not even put together.
  const debug = log.isLevelEnabled('trace') ? say('debug') : () => {}
  return { debug, info: say('info'), warn: say('warn'), error: say('error') }
}
