/** Sentences of the README, each with the way to see that it is true. */
export type Rules<Subject> = Readonly<Record<string, (subject: Subject, test: Mocha.Context) => Promise<void>>>

/** One test per sentence. `subjectOf` is asked when the test runs. */
export function describeRules<Subject>(
  title: string,
  rules: Rules<Subject>,
  subjectOf: () => Subject | undefined,
): void {
  describe(title, () => {
    for (const [sentence, check] of Object.entries(rules)) {
      it(sentence, async function () {
        this.timeout(120_000)
        const subject = subjectOf()
        if (!subject) throw new Error('the program did not start')
        await check(subject, this)
      })
    }
  })
}
