import type { Served } from '#schemas/gateway.ts';

/** A file that builds were given by the registry. */
export interface GivenInput {
  readonly served: Served;
  /** The builds that it was given to. */
  readonly builds: ReadonlySet<number>;
}

/** What stands for all builds of a check: the registry's word, and not that it could not be asked. */
const standing: ReadonlySet<number> = new Set([200, 403, 404]);

/**
 * All that a registry answered to the builds of one check. The first answer to a question is the answer to all later
 * builds: so they see one registry, whatever is published meanwhile.
 */
export class RegistryRecord {
  readonly #first = new Map<string, Served>();
  readonly #given = new Map<string, { served: Served; builds: Set<number> }>();
  /** By build and path: what the registry failed to answer and has not answered since. */
  readonly #failed = new Map<number, Map<string, Served>>();

  /** An answer of the gateway to the build of that number. */
  add(build: number, served: Served): void {
    const key = keyOf(served.path, served.kind === 'index' && served.contentType.includes('json'));
    if (standing.has(served.status)) {
      if (!this.#first.has(key)) this.#first.set(key, served);
      this.#failed.get(build)?.delete(served.path);
    } else this.#fail(build, served);
    this.#give(build, served);
  }

  /** What stands for `path`; it is then on record as given to that build too. */
  answer(build: number, path: string, accept: string | undefined): Served | undefined {
    // As the gateway reads it: an index has an answer in JSON and one in HTML.
    const json = (accept ?? '').includes('json');
    const known = [keyOf(path, json), keyOf(path, false)]
      .map((key) => this.#first.get(key))
      .find((served) => served !== undefined && (served.kind !== 'index' || isJson(served) === json));
    if (known === undefined) return undefined;
    this.#failed.get(build)?.delete(path);
    this.#give(build, known);
    return known;
  }

  /** The latest answer by which the registry failed that build, where asking again brought no other. */
  failure(build: number): Served | undefined {
    return [...(this.#failed.get(build)?.values() ?? [])].at(-1);
  }

  /** The files, in the order in which they were first given. */
  inputs(): readonly GivenInput[] {
    return [...this.#given.values()];
  }

  #fail(build: number, served: Served): void {
    const failed = this.#failed.get(build) ?? new Map<string, Served>();
    this.#failed.set(build, failed.set(served.path, served));
  }

  #give(build: number, served: Served): void {
    if (served.kind !== 'file' || served.status !== 200) return;
    const key = `${served.path} ${served.sha256}`;
    const given = this.#given.get(key) ?? { served, builds: new Set() };
    given.builds.add(build);
    this.#given.set(key, given);
  }
}

function isJson({ contentType }: Served): boolean {
  return contentType.includes('json');
}

function keyOf(path: string, json: boolean): string {
  return `${json ? 'json' : 'other'} ${path}`;
}
