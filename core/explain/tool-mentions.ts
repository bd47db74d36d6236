import type { ContentView } from '#core/compare/content-view.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { contentViews } from './content-views.ts';
import type { Claim, Evidence, Explainer, ExplainerMeta } from './explainer.ts';
import { ownLines, type OwnLine } from './own-lines.ts';
import { toolRules, type ToolKind, type ToolRule } from './tool-rules.ts';

/** A tool that a line names, and its version. */
interface Mention {
  readonly rule: ToolRule;
  readonly tool: string;
  readonly version: string;
  readonly line: OwnLine;
}

/** A tool that both sides name, with another version each. */
export interface OtherVersion {
  /** As a recipe can ask for it; undefined where none can. */
  readonly tool: string | undefined;
  /** `a`'s and `b`'s version. */
  readonly versions: readonly [string, string];
  readonly evidence: Omit<Evidence, 'delta'>;
}

/** Several explainers ask the same of each line. */
const known = new WeakMap<OwnLine, { readonly mention: Mention | undefined }>();

function mentionIn(line: OwnLine): Mention | undefined {
  const found = known.get(line) ?? { mention: findMention(line) };
  known.set(line, found);
  return found.mention;
}

function findMention(line: OwnLine): Mention | undefined {
  // Each rule asks for a version.
  if (!/\d/.test(line.text)) return undefined;
  for (const rule of toolRules) {
    const groups = rule.pattern.exec(line.text)?.groups;
    const tool = rule.tool ?? groups?.['tool'];
    const version = groups?.['version']?.replace(/[.-]+$/, '');
    if (tool !== undefined && version !== undefined) return { rule, tool, version, line };
  }
  return undefined;
}

/** By the tool, and by the kind of line for lines that name the maker first: `Generator: flit` and `Generator: hatchling`. */
function keyOf({ tool, line }: Mention): string {
  const label = /^(?:Generator|Created-By|Build-Jdk|Build-Jdk-Spec):/.exec(line.text)?.[0];
  return label ?? tool.toLowerCase();
}

function mentionsOf(lines: readonly OwnLine[], kind: ToolKind): Map<string, Mention> {
  const mentions = new Map<string, Mention>();
  for (const line of lines) {
    const mention = mentionIn(line);
    if (mention?.rule.kind !== kind || mentions.has(keyOf(mention))) continue;
    mentions.set(keyOf(mention), mention);
  }
  return mentions;
}

/** The tools of one kind that two texts name with another version each, in `a`'s order. */
export function otherVersions(a: readonly OwnLine[], b: readonly OwnLine[], kind: ToolKind): OtherVersion[] {
  const [ofA, ofB] = [mentionsOf(a, kind), mentionsOf(b, kind)];
  const found: OtherVersion[] = [];
  for (const [key, one] of ofA) {
    const other = ofB.get(key);
    if (other === undefined || (one.version === other.version && one.tool === other.tool)) continue;
    found.push({
      tool: one.tool,
      versions: [one.version, other.version],
      evidence: { offset: one.line.offset, a: one.line.text, b: other.line.text },
    });
  }
  return found;
}

/** Fields that look like tools and are formats: no recipe can ask for them. */
const formats = new Set(['Metadata-Version', 'Wheel-Version', 'Archiver-Version', 'X-Generator']);

/** What would make the other side's build use `a`'s tool. */
export function changeTo({ tool, versions }: OtherVersion): RecipeChange | undefined {
  return tool === undefined || formats.has(tool)
    ? undefined
    : { kind: 'tool', name: tool.toLowerCase(), version: versions[0] };
}

/** What the lines of all contents say of tools of one kind. `more` finds what stands in no line. */
export function toolExplainer(
  meta: ExplainerMeta,
  kind: ToolKind,
  more: (view: ContentView) => readonly OtherVersion[] = () => [],
): Explainer {
  return {
    meta,
    explain(facts): Claim | undefined {
      const evidence: Evidence[] = [];
      let change: RecipeChange | undefined;
      for (const { delta, view } of contentViews(facts)) {
        const own = ownLines(view);
        const found = [...more(view), ...(own === undefined ? [] : otherVersions(own.a, own.b, kind))];
        for (const other of found) {
          evidence.push({ delta, ...other.evidence });
          change ??= changeTo(other);
        }
      }
      if (evidence.length === 0) return undefined;
      return { confidence: 'likely', evidence, ...(change === undefined ? {} : { change }) };
    },
  };
}
