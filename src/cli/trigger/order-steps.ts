import { knownProduct, offers, priceOf } from './catalog-steps.ts'
import { emailAddress, knownContact } from './contact-steps.ts'
import type { Stage } from './stage.ts'

const dueInMs = 14 * 86_400_000

/** An order of this run that is paid once. */
export function oneTimeOrder(stage: Stage): Promise<void> {
  return createOrder(stage, offers.oneTime)
}

/** A subscription of this run, not active yet. */
export function subscription(stage: Stage): Promise<void> {
  return createOrder(stage, offers.monthly)
}

async function createOrder(stage: Stage, offer: Parameters<typeof priceOf>[1]): Promise<void> {
  await knownContact(stage)
  await knownProduct(stage)
  const input = {
    externalId: stage.run,
    liveMode: stage.isLive,
    contact: { emailAddress },
    lineItems: [{ variantId: stage.idOf('Products::Variant'), priceId: await priceOf(stage, offer), quantity: 1 }],
  }
  const selection = '... on CreateOrderPayload { order { id number } }'
  const { order } = await stage.mutate<{ order?: { id: string; number: string } | null }>(
    'createOrder',
    input,
    selection,
  )
  stage.keep('Order', order && { id: order.id, label: `${order.number} ${stage.run}` })
}

/** Gives the order notes. */
export async function noteOrder(stage: Stage): Promise<void> {
  await stage.mutate('updateOrder', { order: orderOf(stage), notes: `Changed by ${stage.run}` }, '__typename')
}

/** Flips the service status of the order. */
export function becomes(status: 'ACTIVE' | 'CANCELED' | 'CHURNED' | 'COMPLETED'): (stage: Stage) => Promise<void> {
  return async stage => {
    await stage.mutate('setOrderServiceStatus', { order: orderOf(stage), status }, '__typename')
  }
}

/** An unpaid invoice of the order. */
export async function unpaidInvoice(stage: Stage): Promise<void> {
  const externalId = invoiceOf(stage).externalId
  const dueAt = new Date(Date.now() + dueInMs).toISOString()
  const selection = '... on CreateInvoicePayload { invoice { id number } }'
  const { invoice } = await stage.mutate<{ invoice?: { id: string; number: string } | null }>(
    'createInvoice',
    { order: orderOf(stage), externalId, dueAt },
    selection,
  )
  stage.keep('Orders::Invoice', invoice && { id: invoice.id, label: `${invoice.number} ${externalId}` })
}

/** Adds shipping to the unpaid invoice. */
export async function addShipping(stage: Stage): Promise<void> {
  await stage.mutate('updateInvoice', { invoice: invoiceOf(stage), shippingAmount: '5' }, '__typename')
}

/** Flips the status of the invoice. */
export function turns(status: 'PAID' | 'REFUNDED' | 'PAST_DUE' | 'VOIDED'): (stage: Stage) => Promise<void> {
  return async stage => {
    await stage.mutate('setInvoiceStatus', { invoice: invoiceOf(stage), status }, '__typename')
  }
}

function orderOf({ run }: Stage): { externalId: string } {
  return { externalId: run }
}

function invoiceOf({ run }: Stage): { externalId: string } {
  return { externalId: `${run}-invoice` }
}
