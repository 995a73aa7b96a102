/** The columns of pipelinewise's `add_metadata_columns`. */
export const metadataNames = [
  '_sdc_extracted_at',
  '_sdc_received_at',
  '_sdc_batched_at',
  '_sdc_deleted_at',
  '_sdc_sequence',
  '_sdc_table_version',
  '_sdc_primary_key',
] as const

export type MetadataName = (typeof metadataNames)[number]

export function isMetadataName(name: string): name is MetadataName {
  return metadataNames.some((known) => known === name)
}
