/** About 480 bytes of BSON: what an order of a shop may look like. */
export function mongoDocument(n: number) {
  return {
    _id: n,
    tenant: `tenant-${n % 50}`,
    name: `John Döe ${n}`,
    email: `john${n}@example.com`,
    age: n % 90,
    score: n * 1.37 + 0.11,
    created_at: new Date(1_700_000_000_000 + n * 1000),
    updated_at: new Date(1_710_000_000_000 + n * 977),
    active: n % 2 === 0,
    tags: ['a', 'bb', 'ccc'],
    address: { street: '123 Main St', city: 'New York', zip: '10001', geo: { lat: 40.7128, lng: -74.006 } },
    items: [
      { sku: 'A1', qty: 2, price: 9.99 },
      { sku: 'B2', qty: 1, price: 19.5 },
    ],
    note: null,
    text: 'Lorem ipsum dolor sit amet, "quoted" text and\nnewlines consectetur adipiscing elit',
  }
}
