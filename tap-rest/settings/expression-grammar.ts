import { ConfigError, type Json, jsonText } from '../../singer/index.js'
import { suggestion } from '../../singer/suggestion.js'
import type { Facts } from './expression.js'
import { type Token, tokenAt } from './expression-tokens.js'
import { compare, containsValue, isTrue, itemOf, sizeOf } from './expression-values.js'
import { plainName, readPath, valueAt } from './path.js'
import type { Path } from './plan.js'

export { isTrue }

export type ExpressionNode = (facts: Facts) => Json

/** The whole text, and which of `body`, `records` it looks at. @throws ConfigError with the column. */
export function readExpression(text: string): { node: ExpressionNode; names: ReadonlySet<string> } {
  const reader = new Reader(text)
  const node = reader.either()
  reader.expectEnd()
  return { node, names: reader.names }
}

/** Recursive descent: a method per rule of the grammar, the loosest first. */
class Reader {
  readonly names = new Set<string>()
  readonly #text: string
  #token: Token

  constructor(text: string) {
    this.#text = text
    this.#token = tokenAt(text, 0)
  }

  /** a or b */
  either(): ExpressionNode {
    let left = this.#both()
    while (this.#takes('or')) {
      const [first, second] = [left, this.#both()]
      left = (facts) => {
        const value = first(facts)
        return isTrue(value) ? value : second(facts)
      }
    }
    return left
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end')
      this.#fail(`${this.#shown()} is not expected here; known: and, or, ==, !=, <, <=, >, >=`)
  }

  #both(): ExpressionNode {
    let left = this.#negation()
    while (this.#takes('and')) {
      const [first, second] = [left, this.#negation()]
      left = (facts) => {
        const value = first(facts)
        return isTrue(value) ? second(facts) : value
      }
    }
    return left
  }

  #negation(): ExpressionNode {
    if (!this.#takes('not')) return this.#comparison()
    const inner = this.#negation()
    return (facts) => !isTrue(inner(facts))
  }

  #comparison(): ExpressionNode {
    const left = this.#value()
    const operator = this.#token.kind === 'sign' ? this.#token.text : ''
    const holds = Object.hasOwn(operators, operator) ? operators[operator] : undefined
    if (!holds) return left
    this.#advance()
    const right = this.#value()
    return (facts) => holds(compare(left(facts), right(facts)))
  }

  #value(): ExpressionNode {
    const token = this.#token
    if (token.kind === 'value') {
      this.#advance()
      return () => token.value
    }
    if (this.#takes('(')) {
      const inner = this.either()
      this.#expect(')')
      return inner
    }
    if (token.kind !== 'name') return this.#fail(`a value is missing${token.kind === 'end' ? ' at the end' : ''}`)
    return this.#named(token.text)
  }

  #named(name: string): ExpressionNode {
    const constant = Object.hasOwn(constants, name) ? constants[name] : undefined
    if (constant !== undefined) {
      this.#advance()
      return () => constant
    }
    switch (name) {
      case 'status':
        this.#advance()
        return (facts) => facts.status
      case 'headers':
        return this.#header()
      case 'body':
        return this.#body()
      case 'length':
      case 'first':
      case 'last':
      case 'contains':
        return this.#call(name)
      case 'records':
        return this.#fail('records stands only within length(records), first(records), last(records)')
      default:
        return this.#fail(`${name} is not known${suggestion(name, known)}`)
    }
  }

  #header(): ExpressionNode {
    const path = this.#path()
    const [name] = path
    if (name === undefined || path.length > 1) this.#fail('headers needs one name: headers.link, headers["x-next"]')
    const lower = String(name).toLowerCase()
    return ({ headers }) => (Object.hasOwn(headers, lower) ? (headers[lower] ?? null) : null)
  }

  #body(): ExpressionNode {
    this.names.add('body')
    const path = this.#path()
    return (facts) => valueAt(facts.body(), path) ?? null
  }

  #call(name: 'length' | 'first' | 'last' | 'contains'): ExpressionNode {
    this.#advance()
    this.#expect('(')
    if (name !== 'contains' && this.#takes('records')) return this.#ofRecords(name)
    const argument = this.either()
    if (name === 'contains') {
      this.#expect(',')
      const wanted = this.either()
      this.#expect(')')
      return (facts) => containsValue(argument(facts), wanted(facts))
    }
    const path = this.#pathBehindParenthesis(name)
    if (name === 'length') return (facts) => sizeOf(argument(facts))
    return (facts) => valueAt(itemOf(argument(facts), name), path) ?? null
  }

  #ofRecords(name: 'length' | 'first' | 'last'): ExpressionNode {
    this.names.add('records')
    const path = this.#pathBehindParenthesis(name)
    if (name === 'length') return ({ records }) => records?.count ?? 0
    return ({ records }) => (records && records.count > 0 ? (valueAt(records[name](), path) ?? null) : null)
  }

  #pathBehindParenthesis(name: string): Path {
    if (!this.#isAt(')')) this.#expect(')')
    const path = this.#path()
    if (name === 'length' && path.length > 0) this.#fail('length(…) is a number and has no fields')
    return path
  }

  /** Directly behind the current token, which is left with it. */
  #path(): Path {
    const { path, end } = readPath(this.#text, this.#token.end, plainName)
    const isBroken = '.['.includes(this.#text[end] || ' ')
    if (isBroken)
      throw new ConfigError(`column ${end + 1}: the path is not understood; write body.a, body["b.c"], body.a[0]`)
    this.#token = tokenAt(this.#text, end)
    return path
  }

  #advance(): void {
    this.#token = tokenAt(this.#text, this.#token.end)
  }

  #isAt(text: string): boolean {
    return this.#token.kind !== 'value' && this.#token.text === text
  }

  #takes(text: string): boolean {
    const isHere = this.#isAt(text)
    if (isHere) this.#advance()
    return isHere
  }

  #expect(text: string): void {
    if (!this.#takes(text)) this.#fail(`${text} is missing`)
  }

  #shown(): string {
    return this.#token.kind === 'value' ? jsonText(this.#token.value) : this.#token.text
  }

  #fail(problem: string): never {
    throw new ConfigError(`column ${this.#token.start + 1}: ${problem}`)
  }
}

const constants: Readonly<Record<string, Json>> = { true: true, false: false, null: null }
const known = ['status', 'headers', 'body', 'length', 'first', 'last', 'contains', 'not', ...Object.keys(constants)]

/** Of `compare`: undefined when the two have no order and are not equal. */
const operators: Readonly<Record<string, (order: number | undefined) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order !== undefined && order < 0,
  '<=': (order) => order !== undefined && order <= 0,
  '>': (order) => order !== undefined && order > 0,
  '>=': (order) => order !== undefined && order >= 0,
}
