import { expect } from 'vitest';
import type { RebuildEvent, RebuildResult } from '#schemas/rebuild.ts';
import { eventsOf } from './events.ts';
import { resultOf } from './run-cli.ts';
import type { Service } from './service.ts';

/** The id of the rebuild that `assay submit …` began. */
export async function submit(service: Service, args: readonly string[]): Promise<string> {
  return resultOf(await service.cli('submit', ...args, '--format', 'json')).rebuild.id;
}

/** Follows a rebuild to its end and calls `onEvent` for each event. */
export async function follow(
  service: Service,
  id: string,
  onEvent: (event: RebuildEvent) => Promise<void> = async () => undefined,
): Promise<RebuildEvent[]> {
  const seen: RebuildEvent[] = [];
  for await (const event of eventsOf(service.url, id, service.adminToken)) {
    seen.push(event);
    await onEvent(event);
  }
  return seen;
}

export async function fetchResult(service: Service, id: string): Promise<RebuildResult> {
  const response = await fetch(`${service.url}/v1/rebuilds/${id}`, {
    headers: { authorization: `Bearer ${service.adminToken}` },
  });
  return (await response.json()) as RebuildResult;
}

/** That the slow project's rebuild has one verdict, one statement of each kind and events without a gap. */
export async function expectOneVerdict(
  service: Service,
  id: string,
  events: readonly RebuildEvent[],
): Promise<void> {
  expect(events.filter((event) => event.type === 'verdict')).toHaveLength(1);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const result = await fetchResult(service, id);
  expect(result).toMatchObject({ verdict: 'different', differencesTotal: 1 });
  const predicates = result.attestations.map((attestation) => attestation.predicateType);
  expect(new Set(predicates).size).toBe(predicates.length);
  expect(predicates).toHaveLength(2);
}
