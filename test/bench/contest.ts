/** One run of one side. */
export interface Measured {
  /** In the contest's unit; more is better. */
  readonly rate: number
  /** The largest resident size of the processes that were measured. */
  readonly rssMb: number
}

/** Ours against a reference that does the same work. */
export interface Contest {
  readonly unit: string
  readonly ours: () => Promise<Measured>
  readonly reference: () => Promise<Measured>
  /** Gives back what the contest took, at its end. */
  readonly close?: () => Promise<void>
}

/** The line that is printed. */
export interface Result {
  readonly bench: string
  readonly ours: number
  readonly reference: number
  readonly ratio: number
  readonly unit: string
  readonly rss_mb: number
}

/** Both sides in turn (A B A B …), so that a machine that slows down slows both; the median of each counts. */
export async function compete(bench: string, contest: Contest, rounds: number): Promise<Result> {
  const ours: Measured[] = []
  const reference: Measured[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await contest.ours())
    reference.push(await contest.reference())
  }
  const our = median(ours.map(({ rate }) => rate))
  const their = median(reference.map(({ rate }) => rate))
  return {
    bench,
    ours: Math.round(our),
    reference: Math.round(their),
    ratio: Math.round((our / their) * 100) / 100,
    unit: contest.unit,
    rss_mb: Math.max(...ours.map(({ rssMb }) => rssMb)),
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]]
  return (low + high) / 2
}
