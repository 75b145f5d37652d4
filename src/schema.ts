import './graphql/scalars.ts'
import './contacts/contact-schema.ts'
import './contacts/contact-mutations-schema.ts'
import './orders/order-schema.ts'
import './orders/line-item-schema.ts'
import './orders/order-queries-schema.ts'
import './orders/order-relations-schema.ts'
import './orders/order-errors-schema.ts'
import './orders/order-mutations-schema.ts'
import { builder } from './graphql/builder.ts'

/** The whole schema. */
export const schema = builder.toSchema()
