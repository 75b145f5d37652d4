import { UserError } from '../shared/errors.ts'

/** A contact counts as identified once it has an e-mail address or a phone number (domain 10.2). */
export function isIdentified(contact: {
  email_address?: string | null | undefined
  phone_number?: string | null | undefined
}): boolean {
  return contact.email_address != null || contact.phone_number != null
}

/** Another contact of the workspace has this e-mail address, in whatever case (decisions 1). */
export class EmailAddressTaken extends UserError {
  override readonly name = 'EmailAddressTaken'
  readonly code = 'EMAIL_ADDRESS_TAKEN'
  readonly existingId: string

  constructor(existingId: string) {
    super('Another contact has this e-mail address.', ['input', 'emailAddress'])
    this.existingId = existingId
  }
}
