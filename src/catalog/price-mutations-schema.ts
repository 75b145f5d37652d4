import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, payloadType } from '../graphql/mutation.ts'
import { commonErrors, UserErrorInterface } from '../graphql/user-error.ts'
import { IntervalEnum, PaymentTypeEnum } from './catalog-enums.ts'
import { createPrice } from './create-price.ts'
import { PriceInUse } from './price.ts'
import { PriceRef } from './price-refs.ts'
import { updatePrice } from './update-price.ts'

builder.objectType(PriceInUse, {
  name: 'PriceInUse',
  description:
    'What a subscription or payment plan charges is fixed once an order uses it; create a new price and archive this one.',
  interfaces: [UserErrorInterface],
})

const member = { member: 'price', type: PriceRef, scope: 'catalog:read' } as const

const priceFields = (t: InputFields) => ({
  name: t.string({ description: 'What it is called, such as "Monthly".' }),
  key: t.string({ description: 'Your own handle, such as "pro_monthly_2024".' }),
  paymentType: t.field({ type: PaymentTypeEnum, description: 'How it is paid; default `ONE_TIME`.' }),
  interval: t.field({
    type: IntervalEnum,
    description: 'The unit of a billing period: needed by a subscription or payment plan, not for a one-time price.',
  }),
  intervalCount: t.int({ description: 'How many intervals a billing period has, 1 to 1,000; default 1.' }),
  duration: t.int({
    description:
      'How many times it is charged, 1 to 1,000: needed by a payment plan; without it a subscription has no end.',
  }),
  trialInterval: t.field({ type: IntervalEnum, description: 'The unit of a trial; goes with `trialDuration`.' }),
  trialDuration: t.int({ description: 'How many of those a trial lasts, 1 to 1,000; goes with `trialInterval`.' }),
  trialAmount: t.field({ type: 'Decimal', description: 'What the trial costs.' }),
  setupAmount: t.field({ type: 'Decimal', description: 'A fee charged once at the start.' }),
  compareAtAmount: t.field({ type: 'Decimal', description: 'A former amount to strike through; only shown.' }),
  cost: t.field({ type: 'Decimal', description: 'What you pay for one.' }),
  selfCancel: t.boolean({ description: 'Whether customers may cancel by themselves; default false.' }),
  selfUpgrade: t.boolean({ description: 'Whether customers may upgrade by themselves; default false.' }),
  selfDowngrade: t.boolean({ description: 'Whether customers may downgrade by themselves; default false.' }),
  selfReactivate: t.boolean({ description: 'Whether customers may reactivate by themselves; default false.' }),
  visible: t.boolean({ description: 'Whether customers see it; default true.' }),
  idempotencyKey: t.string({ description: idempotencyKeyDescription }),
})

const CreatePriceInput = builder.inputType('CreatePriceInput', {
  description: 'A new price of a variant, in the currency of the workspace.',
  fields: t => ({
    variantId: t.id({ required: true, description: 'The global id of the variant.' }),
    amount: t.field({ type: 'Decimal', required: true, description: 'What is charged each time.' }),
    ...priceFields(t),
  }),
})

const UpdatePriceInput = builder.inputType('UpdatePriceInput', {
  description:
    'Changes to a price: what is absent stays, null clears or sets back to the default. A price that becomes `ONE_TIME` loses interval, duration and trial.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the price.' }),
    amount: t.field({ type: 'Decimal', description: 'What is charged each time; can’t be null.' }),
    ...priceFields(t),
    archived: t.boolean({ description: 'Whether new orders are kept from naming it.' }),
  }),
})

builder.mutationFields(t => ({
  createPrice: t.field({
    type: payloadType('CreatePricePayload', 'The price that was created.', member),
    scope: 'catalog:write',
    description:
      'Creates a price of a variant, which has at most 100, its product at most 1,000. Prices have no events.',
    args: { input: t.arg({ type: CreatePriceInput, required: true, description: 'The price.' }) },
    errors: { types: commonErrors },
    resolve: (_root, { input }, context) => answer(context, createPrice(context.commands, input)),
  }),
  updatePrice: t.field({
    type: payloadType('UpdatePricePayload', 'The price that was changed.', member),
    scope: 'catalog:write',
    description: 'Changes a price. Prices have no events.',
    args: { input: t.arg({ type: UpdatePriceInput, required: true, description: 'The changes.' }) },
    errors: { types: [...commonErrors, PriceInUse] },
    resolve: (_root, { input }, context) => answer(context, updatePrice(context.commands, input)),
  }),
}))
