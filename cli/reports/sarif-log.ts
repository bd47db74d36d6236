import { createHash } from 'node:crypto';
import { printable } from '#core/text/printable.ts';

/** Results that a log lists; GitHub shows no more than 5,000 of one. */
export const sarifResultsMax = 1000;

export interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help?: { readonly text: string };
}

export interface SarifLocation {
  readonly id?: number;
  readonly message?: { readonly text: string };
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: { readonly startLine: number } | { readonly byteOffset: number };
  };
  readonly logicalLocations?: readonly { readonly kind: string; readonly fullyQualifiedName: string }[];
}

export interface SarifResult<Rule extends string = string> {
  readonly ruleId: Rule;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

/** A log of one run, SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifLog(run: {
  readonly version: string;
  readonly rules: readonly SarifRule[];
  readonly results: readonly SarifResult[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly automationId?: string;
}): string {
  const places = new Map(run.rules.map(({ id }, at) => [id, at]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'assay', semanticVersion: run.version, rules: run.rules } },
        ...(run.automationId === undefined ? {} : { automationDetails: { id: run.automationId } }),
        results: run.results.map((result) => ({ ...result, ruleIndex: places.get(result.ruleId) ?? -1 })),
        properties: run.properties,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** A place in a file: a member of it, where `path` leads to one. */
export function sarifLocation(file: string, path: readonly string[]): SarifLocation {
  const physicalLocation = { artifactLocation: { uri: encodeURIComponent(printable(file, 255)) } };
  if (path.length === 0) return { physicalLocation };
  const fullyQualifiedName = path.map((part) => printable(part, 300)).join('/');
  return { physicalLocation, logicalLocations: [{ kind: 'member', fullyQualifiedName }] };
}

/** The same for the same problem, so that it is one alert as long as it is there. */
export function sarifFingerprint(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
