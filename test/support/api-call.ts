import { isObject, type JsonObject, parseJson } from '../../singer/json.js'
import type { ApiRecord } from './api-records.js'

/** A request as the fake API saw it. */
export interface ApiCall {
  /** 1 for the first of this server. */
  readonly number: number
  readonly method: string
  readonly url: URL
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly at: number
}

export interface ApiAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** Answers every request to its path. */
export type Endpoint = (call: ApiCall, data: ApiData) => ApiAnswer

/** The records that the request's filters leave, cut into pages. */
export interface ApiData {
  readonly records: readonly ApiRecord[]
  /** The page with this number, counted from 0; empty behind the end. */
  page(index: number): readonly ApiRecord[]
  /** How many pages hold something, empty ones between them included. */
  readonly pages: number
  /** How many children each parent has. */
  readonly childrenPer: number
}

export function jsonAnswer(text: string, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  return { headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text }
}

/** The JSON object of the body; an empty one when there is none. */
export function bodyOf(call: ApiCall): JsonObject {
  const value = call.body === '' ? {} : parseJson(call.body)
  return isObject(value) ? value : {}
}

/** The request's URL with these parameters set. */
export function urlWith(call: ApiCall, params: Readonly<Record<string, string | number>>): URL {
  const url = new URL(call.url)
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value))
  return url
}

export const numberIn = (call: ApiCall, name: string, otherwise: number): number =>
  Number(call.query.get(name) ?? otherwise)
