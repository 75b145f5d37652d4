// What the seeded people, places and products are called.

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

export const firstNames = words(`
  Ada Aisha Alejandro Amélie Ana Anders Ben Björn Carlos Chloé Dana Dmitri Elif Emma Fatima Felix Grace Hannah Hiroshi
  Ines Ivan Jack Jana José Julia Kenji Lars Leila Liam Lucía Łukasz Maria Mei Mohammed Nadia Noah Olga Omar Paolo Priya
  Quinn Rosa Sam Sofia Tariq Tom Uma Viktor Yuki Zoë`)

export const lastNames = words(`
  Abadi Almeida Andersen Bauer Bianchi Brown Chen Costa Dubois Eriksson Fischer García Haddad Hoffmann Ito Ivanova
  Jansen Johnson Khan Kim Kowalska Larsen Lopez Martin Meyer Moreau Müller Nakamura Nguyen Novák O'Brien Okafor Patel
  Petrov Rossi Sánchez Sato Schmidt Silva Smith Svensson Tanaka Taylor Walker Weber Williams Wong Yılmaz Young Zhang`)

export const streets = words(`
  Birch Cedar Church Elm Garden Harbour High Hill King Lake Maple Market Mill North Oak Park Pine River Rose School
  Spring Station Victoria Willow`)

/** A town with its region, its country (ISO 3166), how its postal codes begin and its time zone as Rails calls it. */
export const places = [
  { city: 'Austin', region: 'TX', country: 'US', postal: '787', zone: 'Central Time (US & Canada)' },
  { city: 'Portland', region: 'OR', country: 'US', postal: '972', zone: 'Pacific Time (US & Canada)' },
  { city: 'Boise', region: 'ID', country: 'US', postal: '837', zone: 'Mountain Time (US & Canada)' },
  { city: 'Boston', region: 'MA', country: 'US', postal: '021', zone: 'Eastern Time (US & Canada)' },
  { city: 'Toronto', region: 'ON', country: 'CA', postal: 'M5V ', zone: 'Eastern Time (US & Canada)' },
  { city: 'Leeds', region: 'England', country: 'GB', postal: 'LS', zone: 'London' },
  { city: 'Köln', region: 'NW', country: 'DE', postal: '506', zone: 'Berlin' },
  { city: 'Lyon', region: 'ARA', country: 'FR', postal: '690', zone: 'Paris' },
  { city: 'València', region: 'VC', country: 'ES', postal: '460', zone: 'Madrid' },
  { city: 'Sapporo', region: 'Hokkaidō', country: 'JP', postal: '060-00', zone: 'Sapporo' },
  { city: 'Kuwait City', region: 'Al Asimah', country: 'KW', postal: '130', zone: 'Kuwait' },
  { city: 'Melbourne', region: 'VIC', country: 'AU', postal: '30', zone: 'Melbourne' },
] as const

export const notes = [
  'Asked for an invoice by post.',
  'Gift: leave the price out of the parcel.',
  'Called about the delivery date.\nWill call again.',
  'Moved over from the old shop.',
  'VIP',
] as const

/** Adjectives and nouns that make a product's name; what is shipped comes in sizes or colours. */
export const productLines = [
  { noun: 'Masterclass', isPhysical: false },
  { noun: 'Workbook', isPhysical: true, property: 'Cover', values: ['Paperback', 'Hardcover'] },
  { noun: 'Membership', isPhysical: false },
  { noun: 'T-Shirt', isPhysical: true, property: 'Size', values: ['Small', 'Medium', 'Large'] },
  { noun: 'Toolkit', isPhysical: false },
  { noun: 'Coffee', isPhysical: true, property: 'Roast', values: ['Light', 'Dark'] },
  { noun: 'Coaching', isPhysical: false },
  { noun: 'Desk Lamp', isPhysical: true, property: 'Colour', values: ['Black', 'Brass', 'White'] },
] as const

export const productAdjectives = words('Everyday Signature Northern Bright Patient Bold')
