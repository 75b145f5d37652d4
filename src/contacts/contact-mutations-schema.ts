import { builder, type InputFields } from '../graphql/builder.ts'
import { answer, idempotencyKeyDescription, payloadType } from '../graphql/mutation.ts'
import { commonErrors, UserErrorInterface } from '../graphql/user-error.ts'
import { AddressInput } from './address-schema.ts'
import { EmailAddressTaken } from './contact.ts'
import { ContactRef } from './contact-refs.ts'
import { createContact } from './create-contact.ts'
import { updateContact } from './update-contact.ts'

builder.objectType(EmailAddressTaken, {
  name: 'EmailAddressTaken',
  description: 'Another contact has this e-mail address.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    existing: t.field({
      type: ContactRef,
      nullable: true,
      scope: 'contacts:read',
      description: 'The contact that has it; null when it was deleted meanwhile or the key lacks `contacts:read`.',
      resolve: error => error.existingId,
    }),
  }),
})

const member = { member: 'contact', type: ContactRef, scope: 'contacts:read' } as const

const contactFields = (t: InputFields) => ({
  emailAddress: t.string({ description: 'Unique in the workspace, in whatever case.' }),
  firstName: t.string({ description: 'First name.' }),
  lastName: t.string({ description: 'Last name.' }),
  phoneNumber: t.string({ description: 'Phone number.' }),
  timeZone: t.string({ description: 'A Rails time zone name.' }),
  fbUrl: t.string({ description: 'Facebook page.' }),
  twitterUrl: t.string({ description: 'Twitter page.' }),
  instagramUrl: t.string({ description: 'Instagram page.' }),
  linkedinUrl: t.string({ description: 'LinkedIn page.' }),
  websiteUrl: t.string({ description: 'Website.' }),
  customAttributes: t.field({
    type: 'JSON',
    description:
      'An object of texts, merged into what the contact has: in all at most 100 and 32 KiB of JSON. Names become snake_case, null becomes ""; null instead of the object removes all.',
  }),
  addresses: t.field({
    type: [AddressInput],
    description: 'All postal addresses, at most 20, at most one the default; null removes them.',
  }),
  idempotencyKey: t.string({ description: idempotencyKeyDescription }),
})

const CreateContactInput = builder.inputType('CreateContactInput', {
  description: 'A new contact. Empty text means the same as null.',
  fields: contactFields,
})

const UpdateContactInput = builder.inputType('UpdateContactInput', {
  description: 'Changes to a contact: what is absent stays, null clears, and so does empty text.',
  fields: t => ({
    id: t.id({ required: true, description: 'The global id of the contact.' }),
    ...contactFields(t),
  }),
})

builder.mutationFields(t => ({
  createContact: t.field({
    type: payloadType('CreateContactPayload', 'The contact that was created.', member),
    scope: 'contacts:write',
    description:
      'Creates a contact. Events: `contact.created`, then `contact.identified` with an e-mail address or phone number.',
    args: { input: t.arg({ type: CreateContactInput, required: true, description: 'The contact.' }) },
    errors: { types: [...commonErrors, EmailAddressTaken] },
    resolve: (_root, { input }, context) => answer(context, createContact(context.commands, input)),
  }),
  updateContact: t.field({
    type: payloadType('UpdateContactPayload', 'The contact that was changed.', member),
    scope: 'contacts:write',
    description:
      'Changes a contact. Events, if anything changed: `contact.updated`, then `contact.identified` when an e-mail address or phone number first appears.',
    args: { input: t.arg({ type: UpdateContactInput, required: true, description: 'The changes.' }) },
    errors: { types: [...commonErrors, EmailAddressTaken] },
    resolve: (_root, { input }, context) => answer(context, updateContact(context.commands, input)),
  }),
}))
