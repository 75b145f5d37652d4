import { builder } from '../graphql/builder.ts'
import { enumName } from '../graphql/enum.ts'
import { loadNode, NodeInterface } from '../graphql/node.ts'
import { UserErrorInterface } from '../graphql/user-error.ts'
import { ExternalIdTaken, InvalidTransition, NotExternal, VersionConflict } from './order-errors.ts'

builder.objectType(InvalidTransition, {
  name: 'InvalidTransition',
  description: 'The state machine does not lead from one status to the other.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    from: t.string({ description: 'The status it has, as its enum names it.', resolve: error => enumName(error.from) }),
    to: t.string({ description: 'The status that was asked for.', resolve: error => enumName(error.to) }),
    allowed: t.stringList({
      description: 'The statuses it can be flipped to now.',
      resolve: error => error.allowed.map(enumName),
    }),
  }),
})

builder.objectType(VersionConflict, {
  name: 'VersionConflict',
  description: 'Somebody else wrote the object since it was read.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    current: t.field({
      type: NodeInterface,
      nullable: true,
      scope: 'orders:read',
      description: 'The object as it is now; null only when the key lacks `orders:read`.',
      resolve: (error, _args, context) => loadNode(context, error.typename, error.currentId),
    }),
  }),
})

builder.objectType(ExternalIdTaken, {
  name: 'ExternalIdTaken',
  description: 'Another object of the same processor has this external id.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    existing: t.field({
      type: NodeInterface,
      nullable: true,
      scope: 'orders:read',
      description: 'The order or invoice that has it; null when the key may not read it.',
      resolve: (error, _args, context) => loadNode(context, error.typename, error.existingId),
    }),
  }),
})

builder.objectType(NotExternal, {
  name: 'NotExternal',
  description: 'The order belongs to a payment processor, which alone moves it.',
  interfaces: [UserErrorInterface],
})
