import type { ContentView } from '#core/compare/content-view.ts';
import type { RecipeChange } from '#schemas/recipe-change.ts';
import { alignLines } from '../aligned-lines.ts';
import { viewsHaveCommonLine } from '../common-lines.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import type { Line } from '../line.ts';
import { differingLines, differingTokens } from '../tokens.ts';

/** `KEY=value` as env, export, declare -x, set and Docker write it, and `"KEY": "value"` as JSON does. */
const assignment =
  /^\s{0,16}(?:export |declare -x |setenv |ENV |set )?["']?(?<key>[A-Za-z_][A-Za-z0-9_]{0,63})["']?(?:\s?=|:(?=\s?["'])|(?<=(?:setenv|ENV) \w{1,64}) )(?<value>.*)$/;

/** What a system, a shell, a CI job or a build tool sets. */
const wellKnown =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|SHLVL|PWD|OLDPWD|TERM|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|HOSTNAME|HOSTTYPE|MACHTYPE|EDITOR|VISUAL|PAGER|MAIL|DISPLAY|DEBIAN_FRONTEND|_|CI|MAKEFLAGS|MAKELEVEL|MFLAGS|CC|CXX|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|RUSTFLAGS|GOFLAGS|GOPATH|GOROOT|JAVA_HOME|JAVA_TOOL_OPTIONS|NODE_ENV|NODE_OPTIONS|VIRTUAL_ENV|SOURCE_DATE_EPOCH|CAPTURE_ENVIRONMENT|(?:XDG|SSH|SUDO|GITHUB|GITLAB|RUNNER|JENKINS|BUILD|BUILDKITE|CI|CARGO|RUSTUP|PYTHON|PIP|NPM|npm|LD|DEB|PERL|DBUS|GPG|KUBERNETES|DOCKER)_\w+)$/;

/** Their own causes, unless the whole environment is written down. */
const elsewhere = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|HOME|USER|LOGNAME|HOSTNAME|SOURCE_DATE_EPOCH)$/;

/** Folders as PATH lists them, at least three. */
const folders = /(?<![\w.:/-])(?:\/[\w.+~@-]{1,80}){1,12}(?::(?:\/[\w.+~@-]{1,80}){1,12}){2,40}(?![\w:/])/g;

interface Variable {
  readonly key: string;
  readonly value: string;
}

function read(line: string): Variable | undefined {
  if (line.length > 4000) return undefined;
  const groups = assignment.exec(line)?.groups;
  const [key, value] = [groups?.['key'], groups?.['value']];
  return key === undefined || value === undefined ? undefined : { key, value };
}

/** Whether a text is a list of an environment: at least three variables that every environment has. */
function isDump(text: string): boolean {
  const names = new Set<string>();
  for (const [, key] of text.matchAll(
    /^(?:export |declare -x )?(PATH|HOME|PWD|SHLVL|USER|LANG|TERM|SHELL|OLDPWD|LOGNAME|HOSTNAME|_)=/gm,
  ))
    names.add(key ?? '');
  return names.size >= 3;
}

interface Found {
  readonly evidence: readonly Omit<Evidence, 'delta'>[];
  /** Whether a well-known variable or a list of an environment is among them. */
  readonly likely: boolean;
  /** The first well-known one, as `a` has it. */
  readonly first: Variable | undefined;
}

/** Variables whose values are other ones, and those that one side lacks. */
function foundIn(view: ContentView, text: { readonly a: string; readonly b: string }): Found {
  const dump = isDump(text.a) && isDump(text.b);
  const pairs = differingLines(view).flatMap((line) => {
    const [one, other] = [read(line.a), read(line.b)];
    if (one === undefined || one.key !== other?.key) return [];
    const known = wellKnown.test(one.key);
    return dump || (known && !elsewhere.test(one.key)) ? [{ line, variable: one, known }] : [];
  });
  const lists = dump ? [] : differingTokens(view, folders);
  const { removed, added } = viewsHaveCommonLine(view) ? alignLines(view) : { removed: [], added: [] };
  const isVariable = (line: Line) => {
    const key = read(line.text)?.key;
    return key !== undefined && (dump || wellKnown.test(key));
  };
  return {
    evidence: [
      ...pairs.map(({ line }) => line),
      ...(pairs.length === 0 ? lists : []),
      ...removed.filter(isVariable).map((line) => ({ offset: line.offset, a: line.text, b: null })),
      ...added.filter(isVariable).map((line) => ({ offset: line.offset, a: null, b: line.text })),
    ],
    likely: dump || lists.length > 0 || pairs.some(({ known }) => known),
    first: pairs.find(({ known }) => known)?.variable,
  };
}

/** A recipe can give a variable that is a plain value; a path of the one machine helps nobody. */
function changeFor(variable: Variable | undefined): RecipeChange | undefined {
  return variable === undefined || !/^[\w.,:+@=-]{1,200}$/.test(variable.value)
    ? undefined
    : { kind: 'variable', name: variable.key, value: variable.value };
}

export const environmentVariable: Explainer = {
  meta: {
    id: 'environment-variable',
    title: 'An environment variable of whoever built it is written into a file',
    remedy:
      'Write down only variables that the build itself sets, and run it with a clean environment (env -i).',
    looksLike:
      'config.txt  offset 0\n  a: PATH=/home/ann/.local/bin:/usr/bin:/bin\n  b: PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
    why: 'A script stores its environment for later (env, set, export -p, os.environ, sysconfig), or a template takes a variable that each account sets otherwise.',
    fixes: {
      'make, shell': '`env -i PATH=/usr/bin:/bin make`; no `env` or `set` in what is written',
      Python: 'no `dict(os.environ)`; names that are needed, one by one',
      'npm, webpack':
        'DefinePlugin with single values, not `process.env` as a whole; dotenv-webpack without `systemvars`',
      cargo: '`env!` only for what Cargo.toml or the build sets',
      'Maven, Gradle': 'no `${env.NAME}` in filtered resources',
      'Autotools, CMake': 'config.log, config.status and CMakeCache.txt are not shipped',
      dpkg: '`dpkg-buildpackage --sanitize-env`',
      Docker: 'no `ENV` from a build argument that differs',
    },
    needs: ['content'],
    proposes: ['variable'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let likely = false;
    let change: RecipeChange | undefined;
    for (const { delta, view } of contentViews(facts)) {
      const found = view.text === undefined ? undefined : foundIn(view, view.text);
      if (found === undefined || found.evidence.length === 0) continue;
      evidence.push(...found.evidence.slice(0, 5).map((one) => ({ delta, ...one })));
      likely ||= found.likely;
      change ??= changeFor(found.first);
    }
    if (evidence.length === 0) return undefined;
    return {
      confidence: likely ? 'likely' : 'possible',
      evidence,
      ...(change === undefined ? {} : { change }),
    };
  },
};
