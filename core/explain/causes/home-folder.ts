import { splitHome } from '../home.ts';
import { tokenExplainer } from '../token-explainer.ts';

const path =
  /(?<![\w.:/\\~-]|https?:)(?:\/root|\/(?:home|Users)\/[\w.-]{1,64}|[A-Za-z]:[\\/]Users[\\/][\w.-]{1,64})(?:[\\/][\w.+@~-]{1,100}){0,20}(?![\w])/g;

/** What lies in a home but for its dot folders is more likely the folder of the build. */
function isOfHome(rest: string): boolean {
  return /^(?:$|[\\/](?:\.|AppData\b|Library\b))/.test(rest);
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
    {
      pattern: path,
      confidence: 'likely',
      claims: ({ a, b }) => {
        const [one, other] = [splitHome(a), splitHome(b)];
        return (
          one !== undefined &&
          other !== undefined &&
          one.home !== other.home &&
          one.rest === other.rest &&
          isOfHome(one.rest)
        );
      },
    },
  ],
  ({ a }) => {
    const home = splitHome(a)?.home;
    return home?.startsWith('/') === true ? { kind: 'variable', name: 'HOME', value: home } : undefined;
  },
);
