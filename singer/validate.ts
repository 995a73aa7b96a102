import type { ErrorObject } from 'ajv'
import { asObject, isObject, type Json, type JsonObject, textsOf } from './json.js'
import { knownKeys, relevantSchema } from './relevant-schema.js'
import type { JsonSchema } from './schema.js'
import { nearestOf, suggestion } from './suggestion.js'

/** Every problem in words, without any value. Fills in the defaults on the way. */
export async function problemsOf(config: JsonObject, settings: JsonSchema): Promise<string[]> {
  const { Ajv } = await import('ajv')
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    useDefaults: true,
    strict: false,
    logger: false,
    formats,
    ...trust,
  })
  if (ajv.validate(relevantSchema(settings, [config]), config)) return []
  const found = ajv.errors ?? []
  return [...new Set(found.filter((problem) => !isPartOfRule(problem, found)).map(inWords))]
}

// Our own schemas: to check and optimize them takes three times as long as all the rest.
const trust = { meta: false, validateSchema: false, code: { optimize: false } } as const

const formats = {
  'date-time': (text: string) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)),
  uri: (text: string) => URL.canParse(text),
}

/** What the branches of a rule say is told by the rule itself; what follows from an `if` tells more than the `if`. */
function isPartOfRule({ keyword, schemaPath }: ErrorObject, all: readonly ErrorObject[]): boolean {
  return keyword === 'if' || all.some((rule) => ruleWords[rule.keyword] && schemaPath.startsWith(`${rule.schemaPath}/`))
}

function inWords(problem: ErrorObject): string {
  const path = pathOf(problem)
  const rule = ruleWords[problem.keyword]
  if (rule) return `${path && `${path}: `}${ruleText(rule, problem)}`
  if (problem.keyword === 'required') return requiredWords(path, problem)
  if (problem.keyword === 'additionalProperties') return unknownWords(path, problem)
  return `${path || 'settings'}: ${(wordsOf[problem.keyword] ?? ((other) => other.message ?? ''))(problem)}`
}

function pathOf({ instancePath }: ErrorObject): string {
  return instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Where any key may stand, one that is spelled wrong is no problem of its own. */
function requiredWords(path: string, { params, parentSchema, data }: ErrorObject): string {
  const name = String(params.missingProperty)
  const known = textsOf(parentSchema?.[knownKeys])
  const others = isObject(data) ? Object.keys(data).filter((key) => !known.includes(key)) : []
  const near = parentSchema?.additionalProperties === false ? undefined : nearestOf(name, others)
  return `${path && `${path}.`}${name}: is required${near === undefined ? '' : `; is ${near} meant to be it?`}`
}

function unknownWords(path: string, { params, parentSchema }: ErrorObject): string {
  const name = String(params.additionalProperty)
  const elsewhere = asObject(parentSchema?.elsewhere)[name]
  const advice = typeof elsewhere === 'string' ? `; it stands in ${elsewhere}` : undefined
  return `${path && `${path}.`}${name}: is not known${advice ?? suggestion(name, textsOf(parentSchema?.[knownKeys]))}`
}

type Names = readonly string[]
type Rule = (branches: Names, problem: ErrorObject) => string

/** Branches that require nothing are forms of one value. */
function ruleText(rule: Rule, problem: ErrorObject): string {
  const branches = branchNames(problem)
  return branches.includes('') ? 'has none of the forms that are known' : rule(branches, problem)
}

/** Rules over several settings: each branch names those that it requires. */
const ruleWords: Readonly<Record<string, Rule>> = {
  oneOf: (branches, { params }) => {
    const got = params.passingSchemas === null ? 'none is given' : 'more than one is given'
    return `exactly one of ${branches.join(' and ')} is required, ${got}`
  },
  anyOf: (branches) => `at least one of ${branches.join(', ')} is required`,
  not: (_branches, { schema }) => `${names(schema).join(' and ')} exclude each other`,
}

function branchNames({ schema }: ErrorObject): Names {
  return Array.isArray(schema) ? schema.map((branch) => names(branch).join(' with ')) : []
}

function names(schema: unknown): string[] {
  return isObject(schema) ? textsOf(schema.required) : []
}

const wordsOf: Readonly<Record<string, (problem: ErrorObject) => string>> = {
  type: ({ schema, data }) =>
    `must be ${[schema]
      .flat()
      .filter((each) => each !== 'null')
      .map((each) => withArticle(String(each)))
      .join(' or ')}, got ${kindOf(data)}`,
  enum: ({ params }) =>
    `must be one of ${params.allowedValues
      .filter((value: Json) => value !== null)
      .map((value: Json) => JSON.stringify(value))
      .join(', ')}`,
  const: ({ params }) => `must be ${JSON.stringify(params.allowedValue)}`,
  minimum: ({ params }) => `must be at least ${params.limit}`,
  maximum: ({ params }) => `must be at most ${params.limit}`,
  exclusiveMinimum: ({ params }) => `must be more than ${params.limit}`,
  exclusiveMaximum: ({ params }) => `must be less than ${params.limit}`,
  minLength: ({ params }) =>
    params.limit === 1 ? 'must not be empty' : `must have ${params.limit} characters or more`,
  maxLength: ({ params }) => `must have ${params.limit} characters or fewer`,
  minItems: ({ params }) => (params.limit === 1 ? 'must not be empty' : `must have ${params.limit} items or more`),
  minProperties: () => 'must not be empty',
  pattern: ({ parentSchema, params }) => `must be ${parentSchema?.patternWords ?? `like ${params.pattern}`}`,
  format: ({ params }) => `must be a ${params.format}`,
  dependentRequired: ({ params }) => `needs ${params.missingProperty}, too`,
  dependencies: ({ params }) => `${params.property} needs ${params.missingProperty}, too`,
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}

/** A text that could have meant the type has been read as it: this one does not. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a string that is none'
  if (value === null) return 'nothing'
  return Array.isArray(value) ? 'an array' : withArticle(typeof value)
}
