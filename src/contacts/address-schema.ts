import { builder } from '../graphql/builder.ts'
import type { AddressRow } from './address-store.ts'

/** A postal address of a contact. */
export const AddressRef = builder.objectRef<AddressRow>('ContactAddress').implement({
  description: 'A postal address of a contact. The default one fills the addresses that an order leaves out.',
  fields: t => ({
    isDefault: t.exposeBoolean('is_default', { description: 'True for the one address that fills orders.' }),
    firstName: t.exposeString('first_name', { nullable: true, description: 'Null when unknown.' }),
    lastName: t.exposeString('last_name', { nullable: true, description: 'Null when unknown.' }),
    organizationName: t.exposeString('organization_name', { nullable: true, description: 'Null when there is none.' }),
    phoneNumber: t.exposeString('phone_number', { nullable: true, description: 'Null when unknown.' }),
    streetOne: t.exposeString('street_one', {
      nullable: true,
      description: 'First line of the street; null when unknown.',
    }),
    streetTwo: t.exposeString('street_two', {
      nullable: true,
      description: 'Second line of the street; null when there is none.',
    }),
    city: t.exposeString('city', { nullable: true, description: 'Null when unknown.' }),
    region: t.exposeString('region', { nullable: true, description: 'State or province; null when unknown.' }),
    country: t.exposeString('country', {
      nullable: true,
      description: 'Usually an ISO 3166 code such as "US"; null when unknown.',
    }),
    postalCode: t.exposeString('postal_code', { nullable: true, description: 'Null when unknown.' }),
  }),
})

/** A postal address as an input. */
export const AddressInput = builder.inputType('ContactAddressInput', {
  description: 'A postal address of a contact. Empty text means the same as null.',
  fields: t => ({
    isDefault: t.boolean({ description: 'True for the address that fills orders; at most one.' }),
    firstName: t.string({ description: 'First name.' }),
    lastName: t.string({ description: 'Last name.' }),
    organizationName: t.string({ description: 'Organization.' }),
    phoneNumber: t.string({ description: 'Phone number.' }),
    streetOne: t.string({ description: 'First line of the street.' }),
    streetTwo: t.string({ description: 'Second line of the street.' }),
    city: t.string({ description: 'City.' }),
    region: t.string({ description: 'State or province.' }),
    country: t.string({ description: 'Country, best as an ISO 3166 code.' }),
    postalCode: t.string({ description: 'Postal code.' }),
  }),
})
