import type { ContentView } from '#core/compare/content-view.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';
import { goSettings } from '../go-settings.ts';
import { stringsAt } from '../strings-at.ts';

type Found = Omit<Evidence, 'delta'>;

/** gcc writes its command line into DW_AT_producer: `GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O2`. */
const producer = /^GNU \w[\w+ ]{0,12} [\d.]{1,12} (?<options>-.*)$/;
/** Those of the processor are the architecture's cause. */
const ofMachine = /^-m(?:arch|tune|cpu|fpu|float-abi)=/;

function producerOptions(view: ContentView): Found[] {
  if (view.text !== undefined) return [];
  const [one, other] = [view.a, view.b].map((window) => {
    const [string] = stringsAt(window, ['GNU C']);
    const options = producer.exec(string?.text ?? '')?.groups?.['options'];
    return options === undefined
      ? undefined
      : { offset: string?.offset, options: options.split(' ').filter((option) => !ofMachine.test(option)) };
  });
  if (one === undefined || other === undefined || one.options.join(' ') === other.options.join(' '))
    return [];
  const own = (options: readonly string[], others: readonly string[]) =>
    options.filter((option) => !others.includes(option)).join(' ') || 'without';
  const [a, b] = [own(one.options, other.options), own(other.options, one.options)];
  // The same options in another order count, too: the last of two that contradict each other wins.
  const shown = a === b ? { a: one.options.join(' '), b: other.options.join(' ') } : { a, b };
  return [{ offset: one.offset, ...shown }];
}

/** What strip removes. */
const stripped = /^section (?:\.z?debug_\w+|\.symtab|__debug_\w+)$/;

function strippedSections(view: ContentView): Found[] {
  const [first] =
    view.inside?.parts.filter(
      ({ kind, name }) => (kind === 'removed' || kind === 'added') && stripped.test(name),
    ) ?? [];
  if (first === undefined) return [];
  const [has, none] = ['has debug information or symbols', 'stripped of them'];
  return [
    { offset: first.offset, ...(first.kind === 'removed' ? { a: has, b: none } : { a: none, b: has }) },
  ];
}

/** All but the state of the checkout and what is of the machine that it is built for. */
const goOption =
  /^Go build setting (?!vcs(?:\.|$)|GO(?:ARCH|OS|AMD64|ARM|ARM64|386|PPC64|MIPS|MIPS64|RISCV64)$)/;

export const compilerOptions: Explainer = {
  meta: {
    id: 'compiler-options',
    title: 'Compiled with other options, or stripped on one side only',
    remedy:
      'Compile with the same flags, said in the build and not taken from the environment, and strip both or neither.',
    looksLike: 'usr/lib/libx.so  offset 12604\n  a: -O0\n  b: -O2',
    why: 'CFLAGS, profiles (debug, release) and packaging helpers that strip change the machine code; gcc records its options in DW_AT_producer where it writes debug information, Go in the build information of the program.',
    fixes: {
      'make, Autotools': '`make CFLAGS="-O2 -g"`, not those of the environment',
      CMake: '`-DCMAKE_BUILD_TYPE=Release`',
      setuptools: 'unset CFLAGS, and ARCHFLAGS on macOS; `extra_compile_args` for what is needed',
      cargo: '`cargo build --release`, `strip` in the profile',
      go: '`go version -m FILE` shows the options: the same `-trimpath`, `-ldflags`, `-tags` and CGO_ENABLED on both',
      dpkg: 'DEB_BUILD_OPTIONS without `noopt` and `nostrip`',
    },
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    for (const { delta, view } of contentViews(facts)) {
      for (const found of [
        ...producerOptions(view),
        ...strippedSections(view),
        ...goSettings(view, goOption),
      ]) {
        evidence.push({ delta, ...found });
      }
    }
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
