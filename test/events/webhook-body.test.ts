import { expect, test } from 'vitest'
import { eventTypes } from '../../src/events/event.ts'
import type { EventRow } from '../../src/events/event-store.ts'
import { webhookBody, webhookPayload } from '../../src/events/webhook-body.ts'
import { enumName } from '../../src/graphql/enum.ts'

const event: EventRow = {
  workspace_id: '4',
  sequence: '12',
  id: '12',
  event_id: '0b9cf1f4-8b3a-4d7e-9a51-0d7d1c9d5a10',
  created_at: '2025-04-23T07:03:18.300Z',
  type: 'orders/invoice.paid',
  subject_type: 'Orders::Invoice',
  subject_id: '838',
  live_mode: true,
  api_version: 2,
  data: '{ "id":838,  "total":"1.00", "note":"„é\\u0001" }',
  actor_type: 'Platform::Application',
  actor_id: '7',
  actor_name: null,
}

test('the body is ClickFunnels’ V2, its data as it was written', () => {
  expect(webhookBody(event)).toBe(
    '{"event_id":"0b9cf1f4-8b3a-4d7e-9a51-0d7d1c9d5a10","event_type":"orders/invoice.paid","subject_id":838,' +
      '"subject_type":"Orders::Invoice","data":{ "id":838,  "total":"1.00", "note":"„é\\u0001" },' +
      '"created_at":"2025-04-23T07:03:18.300Z","api_version":2,"workspace_id":4,"page":null,"funnel":null}',
  )
})

test('ids beyond the numbers of JavaScript keep every digit', () => {
  const large = { ...event, subject_id: '9223372036854775807', workspace_id: '9223372036854775806' }
  expect(webhookBody(large)).toContain('"subject_id":9223372036854775807,')
  expect(webhookBody(large)).toContain('"workspace_id":9223372036854775806,')
})

test('the payload is the body as a value', () => {
  expect(webhookPayload(event)).toEqual(JSON.parse(webhookBody(event)))
  expect(webhookPayload(event)).toBe(webhookPayload(event))
})

test('no two event types have the same GraphQL name', () => {
  const types = Object.keys(eventTypes)
  expect(new Set(types.map(enumName)).size).toBe(types.length)
  expect(enumName('orders/invoice.paid')).toBe('ORDERS_INVOICE_PAID')
})
