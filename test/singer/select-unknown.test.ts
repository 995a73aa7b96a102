import { expect } from 'chai'
import type { JsonObject } from '../../singer/json.js'
import { unknownFields } from '../../singer/select-unknown.js'

const paths = ['total', 'secret', 'customer', 'customer.email', 'customer.secret']

interface Row {
  readonly title: string
  readonly patterns?: readonly string[]
  readonly rules?: JsonObject
  readonly wanted: readonly string[]
}

const rows: readonly Row[] = [
  { title: 'all where nothing is said', wanted: paths },
  { title: 'all of a whole stream', patterns: ['shop-orders.*'], wanted: paths },
  { title: 'all where other streams are meant', patterns: ['shop-orders', '!shop-items.*'], wanted: paths },
  {
    title: 'all but one',
    patterns: ['*.*', '!*.secret'],
    wanted: ['total', 'customer', 'customer.email', 'customer.secret'],
  },
  { title: 'all but one, without a pattern for the rest', patterns: ['!shop-orders.total'], wanted: paths.slice(1) },
  { title: 'all but those of a wildcard', patterns: ['!*.*secret'], wanted: ['total', 'customer', 'customer.email'] },
  { title: 'nothing within what is left out', patterns: ['!*.customer'], wanted: ['total', 'secret'] },
  { title: 'one, and what is within', patterns: ['shop-orders.customer'], wanted: paths.slice(2) },
  { title: 'what is around one', patterns: ['shop-orders.customer.email'], wanted: ['customer', 'customer.email'] },
  { title: 'none where others are chosen', patterns: ['shop-orders.status'], wanted: [] },
  {
    title: 'all but what a rule deselects',
    rules: { 'shop-*': { secret: { selected: false }, 'replication-method': 'FULL_TABLE' } },
    wanted: ['total', 'customer', 'customer.email', 'customer.secret'],
  },
  {
    title: 'all where a rule is for another stream',
    rules: { 'shop-items': { total: { selected: false } } },
    wanted: paths,
  },
]

describe('fields that the catalog does not know', () => {
  for (const { title, patterns = [], rules = {}, wanted } of rows) {
    it(`are wanted: ${title}`, () => {
      expect(paths.filter(unknownFields('shop-orders', patterns, rules))).to.deep.equal(wanted)
    })
  }
})
