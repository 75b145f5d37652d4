import { atMost } from '../graphql/at-most.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs, readConnection } from '../graphql/connection.ts'
import { DateTimeRange } from '../graphql/filter-inputs.ts'
import { idList, textValue, timeRange } from '../graphql/filter-values.ts'
import { globalId, idArgument, NodeInterface } from '../graphql/node.ts'
import { children } from '../graphql/relation.ts'
import { badUserInput } from '../graphql/request-errors.ts'
import { sortEnum } from '../graphql/sort.ts'
import { AddressRef } from './address-schema.ts'
import { loadAddresses } from './address-store.ts'
import { isActive } from './contact-body.ts'
import { ContactRef } from './contact-refs.ts'
import { contactConditions, findContactByEmailAddress, listedContacts } from './contact-store.ts'

const addressesOf = children(loadAddresses, address => address.contact_id)

builder.objectType(ContactRef, {
  description: 'A person who can order: a customer, a lead or an anonymous visitor.',
  interfaces: [NodeInterface],
  fields: t => ({
    id: t.id(globalId('Contact')),
    databaseId: t.exposeString('id', { description: 'The id that webhooks show.' }),
    publicId: t.exposeString('public_id', { description: 'The short id that ClickFunnels shows in URLs.' }),
    uuid: t.exposeString('uuid', { description: 'A UUID of the contact.' }),
    anonymous: t.exposeBoolean('anonymous', {
      description:
        'True until an e-mail address or phone number is first given; clearing them later does not make it true again.',
    }),
    emailAddress: t.exposeString('email_address', {
      nullable: true,
      description: 'Unique in the workspace, in whatever case; null when unknown.',
    }),
    firstName: t.exposeString('first_name', { nullable: true, description: 'Null when unknown.' }),
    lastName: t.exposeString('last_name', { nullable: true, description: 'Null when unknown.' }),
    phoneNumber: t.exposeString('phone_number', { nullable: true, description: 'As it was given; null when unknown.' }),
    timeZone: t.exposeString('time_zone', {
      nullable: true,
      description: 'A Rails time zone name such as "Eastern Time (US & Canada)"; null when unknown.',
    }),
    fbUrl: t.exposeString('fb_url', { nullable: true, description: 'Facebook page; null when unknown.' }),
    twitterUrl: t.exposeString('twitter_url', { nullable: true, description: 'Twitter page; null when unknown.' }),
    instagramUrl: t.exposeString('instagram_url', {
      nullable: true,
      description: 'Instagram page; null when unknown.',
    }),
    linkedinUrl: t.exposeString('linkedin_url', { nullable: true, description: 'LinkedIn page; null when unknown.' }),
    websiteUrl: t.exposeString('website_url', { nullable: true, description: 'Website; null when unknown.' }),
    customAttributes: t.field({
      type: 'JSON',
      description: 'The merchant’s own attributes: an object of texts.',
      columns: ['custom_attributes'],
      resolve: contact => JSON.parse(contact.custom_attributes) as unknown,
    }),
    unsubscribedAt: t.expose('unsubscribed_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the contact unsubscribed from mail; null when it did not.',
    }),
    emailSuppressionReason: t.exposeString('email_suppression_reason', {
      nullable: true,
      description: 'Why no mail is sent to the address, such as a bounce; null when it is not suppressed.',
    }),
    isActive: t.boolean({
      description: 'True when mail can reach the contact: it has an address, is not unsubscribed and not suppressed.',
      columns: ['email_address', 'unsubscribed_at', 'email_suppression_reason'],
      resolve: isActive,
    }),
    addresses: t.field({
      type: [AddressRef],
      complexity: atMost(20),
      description: 'At most 20 postal addresses, in the order they were given.',
      columns: [],
      resolve: (contact, _args, context) => addressesOf(context, contact.id),
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When the contact was created.' }),
    updatedAt: t.expose('updated_at', { type: 'DateTime', description: 'When the contact last changed.' }),
  }),
})

/** A list of contacts. */
const ContactConnection = connectionType('Contact', ContactRef)

const ContactFilterInput = builder.inputType('ContactFilter', {
  description: 'Narrows a list of contacts; null means the same as absent.',
  fields: t => ({
    id: t.idList({ description: 'Any of these contacts, at most 100.' }),
    emailAddress: t.string({ description: 'This e-mail address, in whatever case.' }),
    anonymous: t.boolean({ description: 'Only anonymous contacts, or only identified ones.' }),
    isActive: t.boolean({ description: 'Only contacts that mail can reach, or only the others.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'Created in this stretch of time.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'Last changed in this stretch of time.' }),
  }),
})

const { type: ContactSort, sortOf } = sortEnum('ContactSort', { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at' })

builder.queryFields(t => ({
  contact: t.field({
    type: ContactRef,
    nullable: true,
    scope: 'contacts:read',
    description: 'One contact by id or e-mail address; null when the workspace has none.',
    args: {
      id: t.arg.id({ description: 'The global id of a contact.' }),
      emailAddress: t.arg.string({ description: 'The e-mail address, in whatever case.' }),
    },
    resolve(_root, { id, emailAddress }, context) {
      if ((id == null) === (emailAddress == null)) throw badUserInput('Give either id or emailAddress.', 'id')
      if (id != null) return ContactRef.getDataloader(context).load(idArgument('Contact', id, 'id'))
      return findContactByEmailAddress(context.reads, textValue(emailAddress, 'emailAddress') ?? '')
    },
  }),
  contacts: t.field({
    type: ContactConnection,
    scope: 'contacts:read',
    description: 'The contacts of the workspace.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: ContactFilterInput, description: 'Narrows the list.' }),
      sort: t.arg({ type: ContactSort, description: 'The order of the list; default `CREATED_AT_DESC`.' }),
    },
    resolve(_root, { filter, sort, ...page }, context) {
      const conditions = contactConditions({
        id: idList('Contact', filter?.id, 'filter.id'),
        emailAddress: textValue(filter?.emailAddress, 'filter.emailAddress'),
        anonymous: filter?.anonymous,
        isActive: filter?.isActive,
        createdAt: timeRange(filter?.createdAt, 'filter.createdAt'),
        updatedAt: timeRange(filter?.updatedAt, 'filter.updatedAt'),
      })
      return readConnection(context, listedContacts, sortOf(sort), page, conditions)
    },
  }),
}))
