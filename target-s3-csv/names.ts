import { createHash } from 'node:crypto'

export interface Naming {
  /** `{stream}-{timestamp}.csv`: see `placeholders`. */
  readonly template: string
  /** Goes before the last segment: `folder/{stream}.csv` and `p_` give `folder/p_users.csv`. */
  readonly prefix: string
  /** Start of the run. */
  readonly start: Date
  readonly runId: string | undefined
  /** `csv`, `csv.gz`, `csv.zst`: `{ext}`. */
  readonly extension: string
  /** `''`, `.gz`, `.zst`: appended where the template has no `{ext}`. */
  readonly suffix: string
}

/** The names of one object in the order of preference: the first is taken unless something bears it already. */
export interface ObjectNames {
  next(): string
}

export interface Names {
  /** `partition`: the values of the `{column:…}` placeholders, in the order of `partitionColumns`. */
  of(stream: string, partition: readonly string[], opened: Date): ObjectNames
}

/** `{placeholder:argument}`. */
interface Placeholder {
  readonly placeholder: string
  readonly argument: string
}

type Token = string | Placeholder

const placeholders = ['stream', 'timestamp', 'date', 'run_id', 'part', 'ext', 'column']
const nullPartition = '__HIVE_DEFAULT_PARTITION__'
const longestSegment = 255

/**
 * Names never repeat within a run. A template without `{part}` gets it as `-2`, `-3` before the extension from the
 * second object on. Whatever a stream or a value is called, it cannot leave the folder, and fits on a disk.
 */
export function createNames(naming: Naming): Names {
  const tokens = parsed(withPart(naming.template))
  const counters = new Map<string, number>()
  return {
    of(stream, partition, opened) {
      const name = (part: number) => nameOf(naming, tokens, { stream, partition, opened, part })
      const series = name(0)
      return {
        next() {
          const part = (counters.get(series) ?? 0) + 1
          counters.set(series, part)
          return name(part)
        },
      }
    },
  }
}

/** The columns of `{column:…}`, in order, each once. */
export function partitionColumns(template: string): string[] {
  return [...new Set(columnTokens(template).map((token) => token.argument))]
}

/** Whether each partition column stands as `column=value`: then Hive wants it in the name only, not in the file. */
export function isHive(template: string): boolean {
  const columns = columnTokens(template)
  return columns.length > 0 && columns.every(({ argument }) => template.includes(`${argument}={column:${argument}}`))
}

/** What is wrong with a template, one line each. */
export function templateProblems(template: string): string[] {
  const problems = parsed(template).flatMap((token) => {
    if (typeof token === 'string') return []
    const { placeholder, argument } = token
    const text = argument === '' ? placeholder : `${placeholder}:${argument}`
    if (!placeholders.includes(placeholder)) return [`unknown placeholder {${text}}; known: ${known()}`]
    if (placeholder === 'column' && argument === '') return ['{column:…} needs the name of a column']
    if (placeholder === 'part')
      return /^(0[1-9])?$/.test(argument) ? [] : [`{${text}}: a width is written as {part:06}`]
    if (placeholder !== 'column' && argument !== '') return [`{${placeholder}} takes no argument`]
    return []
  })
  if (template.split('/').includes('..')) problems.push('a name must not contain the segment ..')
  if (template === '' || template.endsWith('/')) problems.push('a name must not end with /')
  return problems
}

function known(): string {
  return placeholders.map((name) => (name === 'column' ? '{column:NAME}' : `{${name}}`)).join(' ')
}

function columnTokens(template: string): Placeholder[] {
  return parsed(template).flatMap((token) =>
    typeof token === 'object' && token.placeholder === 'column' ? [token] : [],
  )
}

/** Without `{part}`: a hidden placeholder before the extension, where `-2` and so on go. */
function withPart(template: string): string {
  if (/\{part(:\d+)?\}/.test(template)) return template
  const extension = /(\.(\w+|\{ext\}))(\.(gz|zst))?$/.exec(template)
  const end = extension ? extension.index : template.length
  return `${template.slice(0, end)}{later}${template.slice(end)}`
}

function parsed(template: string): Token[] {
  return template.split(/(\{[^{}]*\})/).map((piece) => {
    const [, placeholder, argument] = /^\{([^:{}]*):?([^{}]*)\}$/.exec(piece) ?? []
    return placeholder === undefined ? piece : { placeholder, argument: argument ?? '' }
  })
}

interface Values {
  readonly stream: string
  readonly partition: readonly string[]
  readonly opened: Date
  /** From 1 on. */
  readonly part: number
}

function nameOf(naming: Naming, tokens: readonly Token[], values: Values): string {
  const columns = partitionColumns(naming.template)
  const name = tokens
    .map((token) => (typeof token === 'string' ? token : filled(token, naming, values, columns)))
    .join('')
  const cut = name.lastIndexOf('/') + 1
  const suffix = naming.template.includes('{ext}') ? '' : naming.suffix
  return `${name.slice(0, cut)}${naming.prefix}${name.slice(cut)}${suffix}`.split('/').map(shortened).join('/')
}

function filled(token: Placeholder, naming: Naming, values: Values, columns: readonly string[]): string {
  const { placeholder, argument } = token
  switch (placeholder) {
    case 'stream':
      return values.stream.split('/').map(safeSegment).join('/')
    case 'timestamp':
      return timestamp(naming.start)
    case 'date':
      return values.opened.toISOString().slice(0, 10)
    case 'run_id':
      return naming.runId ?? timestamp(naming.start)
    case 'part':
      return String(values.part).padStart(Number(argument), '0')
    case 'later':
      return values.part > 1 ? `-${values.part}` : ''
    case 'ext':
      return naming.extension
    default:
      return safeValue(values.partition[columns.indexOf(argument)] ?? '')
  }
}

/** UTC, as pipelinewise writes it in local time. */
function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}`
}

function safeSegment(segment: string): string {
  if (/^\.{0,2}$/.test(segment)) return segment === '' ? '_' : segment.replaceAll('.', '%2E')
  return escaped(segment, /[\p{Cc}\\]/gu)
}

// The characters that Hive, Spark and Athena escape in partition folders.
function safeValue(value: string): string {
  if (value === '') return nullPartition
  return /^\.{1,2}$/.test(value) ? value.replaceAll('.', '%2E') : escaped(value, /[\p{Cc}"#%'*/:=?\\{}[\]^]/gu)
}

function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (found) => encodeURIComponent(found).replace(/^[^%]$/, percent))
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** A segment that no file system holds loses its middle; a hash of the whole keeps it apart from its like. */
function shortened(segment: string): string {
  if (Buffer.byteLength(segment) <= longestSegment) return segment
  const characters = [...segment]
  const end = `~${createHash('sha256').update(segment).digest('hex').slice(0, 16)}${characters.slice(-40).join('')}`
  let room = longestSegment - Buffer.byteLength(end)
  const fits = characters.findIndex((character) => {
    room -= Buffer.byteLength(character)
    return room < 0
  })
  return characters.slice(0, fits).join('') + end
}
