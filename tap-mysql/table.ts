/** One column as information_schema tells it. */
export interface Column {
  readonly name: string
  /** DATA_TYPE, lower case: `bigint`, `varchar`, … ; MariaDB's JSON is `json` here. */
  readonly dataType: string
  /** COLUMN_TYPE: `bigint(20) unsigned zerofill`, `enum('a','b')`, … */
  readonly columnType: string
  readonly isNullable: boolean
  readonly collation: string | null
  /** Of DECIMAL. */
  readonly precision: number | null
  readonly scale: number | null
  /** Characters of strings; fractional digits of temporal types stand in `fraction`. */
  readonly length: string | null
  readonly fraction: number | null
}

/** A table or view with its columns in the order of the table. */
export interface Table {
  readonly database: string
  readonly name: string
  readonly isView: boolean
  readonly columns: readonly Column[]
  /** Columns of the primary key, else of a unique index over NOT NULL columns, in the order of the index. */
  readonly keyColumns: readonly string[]
  /** A key on a column prefix (`PRIMARY KEY(t(10))`) orders nothing completely. */
  readonly hasPrefixKey: boolean
}
