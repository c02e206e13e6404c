/**
 * Which operation is a request? S3's operations share paths and are told apart by query parameters and headers; the model knows
 * them all: literal parameters of the URI, required members bound to query or header (`uploadId`, `x-amz-copy-source`).
 * The candidate that asks for most wins. Whether it has a handler is decided in create-s3.ts.
 */
import type { Operation, ServiceModel } from '../../wire/model.ts';

interface Candidate {
  readonly operation: Operation;
  readonly literals: readonly (readonly [name: string, value: string | undefined])[];
  readonly queries: readonly string[];
  readonly headers: readonly string[];
}

export type Level = 'account' | 'bucket' | 'object';

export type OperationChooser = (method: string, level: Level, query: URLSearchParams, headers: Headers) => Operation | undefined;

export function createOperationChooser(model: ServiceModel): OperationChooser {
  const candidates = new Map<string, Candidate[]>();
  for (const operation of model.operations.values()) {
    const level = levelOf(operation);
    if (level === undefined) continue;
    const place = `${operation.method} ${level}`;
    candidates.set(place, [...(candidates.get(place) ?? []), candidateOf(operation)]);
  }
  for (const list of candidates.values()) list.sort((a, b) => demands(b) - demands(a));

  return (method, level, query, headers) =>
    candidates
      .get(`${method} ${level}`)
      ?.find(
        (candidate) =>
          candidate.literals.every(([name, value]) => (value === undefined ? query.has(name) : query.get(name) === value)) &&
          candidate.queries.every((name) => query.has(name)) &&
          candidate.headers.every((name) => headers.has(name)),
      )?.operation;
}

function levelOf({ name, uri, input }: Operation): Level | undefined {
  // S3: on other hosts, for other kinds of buckets and callers.
  if (name === 'ListDirectoryBuckets' || name === 'WriteGetObjectResponse') return undefined;
  if (uri.startsWith('/{Key+}')) return 'object';
  return input?.members.some((member) => member.name === 'Bucket') === true ? 'bucket' : 'account';
}

function candidateOf(operation: Operation): Candidate {
  const [, query = ''] = operation.uri.split('?');
  const required = operation.input?.members.filter((member) => member.required) ?? [];
  return {
    operation,
    literals: query === '' ? [] : query.split('&').map((part) => literalOf(part)),
    queries: required.flatMap(({ binding }) => (binding.at === 'query' ? [binding.name] : [])),
    headers: required
      .flatMap(({ binding }) => (binding.at === 'header' ? [binding.name] : []))
      .filter((name) => name === 'x-amz-copy-source'),
  };
}

function literalOf(part: string): readonly [string, string | undefined] {
  const [name = '', value] = part.split('=');
  return [name, value];
}

function demands({ literals, queries, headers }: Candidate): number {
  return literals.length + queries.length + headers.length;
}
