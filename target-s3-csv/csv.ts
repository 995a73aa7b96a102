import { ConfigError } from '../singer/errors.js'
import { patternProblem } from './datetime-pattern.js'

export type DialectName = 'default' | 'pipelinewise' | 'redshift' | 'snowflake_n' | 'athena' | 'mysql' | 'excel'

/** The settings of the CSV text, in the spelling of the settings file. What is absent comes from the dialect. */
export interface DialectSettings {
  readonly dialect?: DialectName
  /** One byte; the two characters `\t` mean a tab. */
  readonly delimiter?: string
  readonly quote?: string
  readonly null?: string
  readonly header?: boolean
  readonly line_end?: 'lf' | 'crlf'
  /** The words for true and false: `true/false`, `1/0`, `True/False`. */
  readonly boolean?: string
  /** A pattern of `YYYY MM DD HH MM SS ffffff`, in UTC; absent or empty: date-times stay as they came. */
  readonly datetime?: string
  readonly binary?: 'as_is' | 'base64' | 'hex'
  readonly bom?: boolean
  readonly escape_formulas?: boolean
}

/** How values become text: the settings, resolved and checked. */
export interface Dialect {
  readonly name: DialectName
  /** A byte, as is `quote`. */
  readonly delimiter: number
  readonly quote: number
  readonly null: string
  readonly header: boolean
  readonly lineEnd: 'lf' | 'crlf'
  readonly true: string
  readonly false: string
  readonly datetime: string
  readonly binary: 'as_is' | 'base64' | 'hex'
  readonly bom: boolean
  readonly escapeFormulas: boolean
  /** As Python's csv.writer, str and json.dumps write; no difference between NULL and an empty string. */
  readonly isPython: boolean
  /** What reads the file takes a backslash for an escape, so that each must be written twice. */
  readonly isBackslashDoubled: boolean
  /** What reads the file takes the word NULL without quotes for NULL, whatever else stands for it. */
  readonly isNullWordRead: boolean
  /** What reads the file knows no line end inside of quotes: a space stands for each. */
  readonly isOneLine: boolean
}

type Preset = Required<Omit<DialectSettings, 'dialect'>> &
  Pick<Dialect, 'isPython' | 'isBackslashDoubled' | 'isNullWordRead' | 'isOneLine'>

const preset: Preset = {
  delimiter: ',',
  quote: '"',
  null: '',
  header: true,
  line_end: 'lf',
  boolean: 'true/false',
  datetime: '',
  binary: 'as_is',
  bom: false,
  escape_formulas: false,
  isPython: false,
  isBackslashDoubled: false,
  isNullWordRead: false,
  isOneLine: false,
}

/** Each loads by the defaults of its reader; `default` into PostgreSQL, DuckDB, Snowflake and BigQuery. */
const presets: Readonly<Record<DialectName, Preset>> = {
  default: preset,
  pipelinewise: { ...preset, line_end: 'crlf', boolean: 'True/False', isPython: true },
  redshift: { ...preset, null: '\\N', binary: 'hex' },
  snowflake_n: { ...preset, null: '\\N', binary: 'hex' },
  athena: { ...preset, isOneLine: true },
  mysql: {
    ...preset,
    null: '\\N',
    boolean: '1/0',
    datetime: 'YYYY-MM-DD HH:MM:SS.ffffff',
    binary: 'hex',
    // https://dev.mysql.com/doc/refman/8.4/en/load-data.html: \N is NULL only while a backslash escapes.
    isBackslashDoubled: true,
    isNullWordRead: true,
  },
  excel: { ...preset, line_end: 'crlf', bom: true, escape_formulas: true },
}

/** @throws ConfigError with one line for each setting that cannot be. */
export function dialectOf(settings: DialectSettings): Dialect {
  const name = settings.dialect ?? 'default'
  const chosen = { ...presets[name], ...settings }
  const delimiter = chosen.delimiter === '\\t' ? '\t' : chosen.delimiter
  const problems = problemsOf({ ...chosen, delimiter })
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  const [yes = '', no = ''] = chosen.boolean.split('/')
  return {
    name,
    delimiter: delimiter.charCodeAt(0),
    quote: chosen.quote.charCodeAt(0),
    null: chosen.null,
    header: chosen.header,
    lineEnd: chosen.line_end,
    true: yes,
    false: no,
    datetime: chosen.datetime,
    binary: chosen.binary,
    bom: chosen.bom,
    escapeFormulas: chosen.escape_formulas,
    isPython: chosen.isPython,
    isBackslashDoubled: chosen.isBackslashDoubled,
    isNullWordRead: chosen.isNullWordRead,
    isOneLine: chosen.isOneLine,
  }
}

function problemsOf(chosen: Preset): readonly string[] {
  const { delimiter, quote, null: nothing, datetime } = chosen
  const words = chosen.boolean.split('/')
  const hasSpecial = (text: string) =>
    [delimiter, quote, '\r', '\n'].some((special) => special !== '' && text.includes(special))
  const problems: readonly (readonly [boolean, string])[] = [
    [!isSeparator(delimiter), `delimiter: ${separatorRule}`],
    [!isSeparator(quote), `quote: ${separatorRule}`],
    [delimiter === quote, 'delimiter and quote: must differ'],
    [quote === "'" && chosen.escape_formulas, "quote: must not be ', which escape_formulas writes before a formula"],
    [hasSpecial(nothing), 'null: must hold neither the delimiter nor the quote nor a line end'],
    [/^[-\d.]/.test(nothing), 'null: must not look like a number'],
    [
      words.length !== 2 || words[0] === words[1],
      'boolean: must be two different words with a slash, such as true/false',
    ],
    [words.some((word) => word === nothing || word === ''), 'boolean: a word must be neither empty nor the null text'],
    [words.some(hasSpecial), 'boolean: a word must hold neither the delimiter nor the quote nor a line end'],
    [datetime !== '' && patternProblem(datetime) !== undefined, `datetime: ${patternProblem(datetime)}`],
  ]
  return problems.filter(([isProblem]) => isProblem).map(([, text]) => text)
}

const separatorRule = 'must be one ASCII character, and no letter, digit, sign, point, backslash or line end'

// What numbers, true and null are made of must never look like a delimiter.
function isSeparator(text: string): boolean {
  const isAscii = text.length === 1 && text > '\0' && text <= '\x7f'
  return isAscii && !/[A-Za-z0-9+\-.\\\r\n]/.test(text)
}
