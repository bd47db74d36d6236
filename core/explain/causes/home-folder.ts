import { splitHome } from '../home.ts';
import { tokenExplainer } from '../token-explainer.ts';
import { absolutePath } from '../values.ts';

/** Also of one part, as /root is. */
const path =
  /(?<![\w.:/\\~-]|https?:)(?:\/root|\/(?:home|Users)\/[\w.-]{1,64}|[A-Za-z]:[\\/]Users[\\/][\w.-]{1,64})(?:[\\/][\w.+@~-]{1,100}){0,20}(?![\w])/g;

/** What lies in a home but for its dot folders is more likely the folder of the build. */
function isOfHome(rest: string): boolean {
  return /^(?:$|[\\/](?:\.|AppData\b|Library\b))/.test(rest);
}

function otherHome({ a, b }: { readonly a: string; readonly b: string }): boolean {
  const [one, other] = [splitHome(a), splitHome(b)];
  if (one === undefined || other === undefined) return false;
  return one.home !== other.home && one.rest === other.rest && isOfHome(one.rest);
}

export const homeFolder = tokenExplainer(
  {
    id: 'home-folder',
    title: 'The home folder of whoever built it is written into a file',
    remedy: 'Write paths relative to the source, or with ~; build with HOME set to a fixed folder.',
    looksLike: 'settings.txt  offset 7\n  a: /home/ann/.cache/pkg\n  b: /root/.cache/pkg',
    why: 'A script or tool asks for HOME or expands ~, such as for a cache or a configuration, and the path ends up in the output.',
    fixes: {
      'make, shell': '`export HOME=/nonexistent` for the build',
      Python: 'no `Path.home()` and `expanduser` in what is written',
      cargo: '`RUSTFLAGS=--remap-path-prefix=$CARGO_HOME=/cargo`',
      go: '`go build -trimpath`',
      Maven: '`-Dmaven.repo.local=…` at a fixed place',
      npm: '`npm_config_cache` at a fixed place',
      dpkg: 'debhelper sets HOME to a folder of the build from compat 13 on',
      Docker: '`ENV HOME=/root`',
    },
    proposes: ['variable'],
  },
  [
    { pattern: path, confidence: 'likely', claims: otherHome },
    { pattern: absolutePath, confidence: 'likely', claims: otherHome },
  ],
  ({ a }) => {
    const home = splitHome(a)?.home;
    return home?.startsWith('/') === true ? { kind: 'variable', name: 'HOME', value: home } : undefined;
  },
  { names: false },
);
