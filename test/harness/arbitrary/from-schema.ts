import fc from 'fast-check';
import { z } from 'zod';

interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly items?: Node;
  readonly prefixItems?: readonly Node[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly propertyNames?: Node;
}

/**
 * Any value that `schema` allows, by way of its JSON Schema; what a refinement refuses is filtered out. Lists and texts
 * are mostly short, so that a document of many members stays small enough to make thousands of.
 */
export function arbitraryOf<S extends z.ZodType>(schema: S): fc.Arbitrary<z.output<S>> {
  const node = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'output' }) as Node;
  return valueOf(node).filter((value) => schema.safeParse(value).success) as fc.Arbitrary<z.output<S>>;
}

function valueOf(node: Node): fc.Arbitrary<unknown> {
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  const either = node.anyOf ?? node.oneOf;
  if (either) return fc.oneof(...either.map(valueOf));
  switch (node.type) {
    case 'string':
      return textOf(node);
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(node.minimum ?? (node.exclusiveMinimum ?? -1) + 1, 0),
        max: Math.min(node.maximum ?? 2 ** 40, 2 ** 40),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf(node.items ?? {}), {
        minLength: node.minItems ?? 0,
        maxLength: Math.min(node.maxItems ?? 3, Math.max(node.minItems ?? 0, 3)),
      });
    case 'object':
      return node.properties ? membersOf(node) : mapOf(node);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function membersOf({ properties = {}, required = [] }: Node): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, valueOf(member)]),
  );
  return fc.record(members, { requiredKeys: [...required], noNullPrototype: true });
}

function mapOf({ propertyNames, additionalProperties }: Node): fc.Arbitrary<unknown> {
  const value = typeof additionalProperties === 'object' ? additionalProperties : {};
  const name = textOf(propertyNames ?? {}).filter((text) => text !== '__proto__');
  return fc.dictionary(name, valueOf(value), { maxKeys: 3, noNullPrototype: true });
}

function textOf({ format, pattern, minLength = 0, maxLength = 1000 }: Node): fc.Arbitrary<string> {
  const fits = (text: string): boolean => text.length >= minLength && text.length <= maxLength;
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === 'uri') return fc.webUrl({ withQueryParameters: true, withFragments: true }).filter(fits);
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' }).filter(fits);
  const short = { minLength, maxLength: Math.min(maxLength, Math.max(minLength, 40)) };
  return fc.oneof(
    { weight: 200, arbitrary: fc.string({ ...short, unit: 'grapheme' }).filter(fits) },
    { weight: 50, arbitrary: fc.string({ ...short, unit: 'binary' }).filter(fits) },
    // Half of a surrogate pair, which JSON text can carry and UTF-8 cannot.
    { weight: 1, arbitrary: fc.constantFrom('\ud800', '"\\u0000\u0000', 'javascript:alert(1)').filter(fits) },
  );
}
