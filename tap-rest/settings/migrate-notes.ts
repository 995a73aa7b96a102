type Place = readonly string[]

export interface Note {
  /** Keys from the outside in; empty: the whole. */
  readonly place: Place
  readonly text: string
}

/** Why the new settings are as they are. Notices are those that somebody should look at. */
export class Notes {
  #comments: Note[] = []
  readonly #notices: Note[] = []

  comment(place: Place, text: string): void {
    this.#comments.push({ place, text })
  }

  /** Told, and also a comment at that place. */
  notice(place: Place, text: string): void {
    this.#notices.push({ place, text })
    this.comment(place, text)
  }

  /** What stood at this key of these places now stands at that of another one. */
  move(key: string, from: readonly Place[], to: Place): void {
    const isMoved = (place: Place) => from.some((each) => [...each, key].every((name, index) => place[index] === name))
    const length = from[0]?.length ?? 0
    this.#comments = this.#comments.map((note) => {
      return isMoved(note.place) ? { ...note, place: [...to, ...note.place.slice(length)] } : note
    })
  }

  get comments(): readonly Note[] {
    const told = new Set<string>()
    return this.#comments.filter((note) => {
      const identity = JSON.stringify(note)
      const isNew = !told.has(identity)
      told.add(identity)
      return isNew
    })
  }

  get notices(): string[] {
    const lines = this.#notices.map(({ place, text }) => (place.length === 0 ? text : `${place.join('.')}: ${text}`))
    return [...new Set(lines)]
  }
}
