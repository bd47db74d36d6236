import type { ContentView } from '#core/compare/content-view.ts';
import { collectEvidence } from '../collect-evidence.ts';
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

/** What a program calls only where an option asks for it. */
const callsOf: readonly { readonly symbol: RegExp; readonly option: string }[] = [
  { symbol: /^_?_?assert(?:_fail|_rtn|_perror_fail)?$|^_wassert$/, option: 'assertions (without -DNDEBUG)' },
  { symbol: /^__stack_chk_(?:fail|guard)(?:_local)?$/, option: '-fstack-protector' },
  {
    symbol: /^__(?:v?[sf]?n?printf|memcpy|memmove|memset|strcpy|strcat|strncpy|read|fgets)_chk$/,
    option: '-D_FORTIFY_SOURCE',
  },
  { symbol: /^__(?:asan|ubsan|tsan|msan)_\w+$/, option: '-fsanitize' },
  { symbol: /^(?:__gcov_\w+|__llvm_profile_\w+)$/, option: '--coverage or -fprofile-generate' },
  { symbol: /^(?:mcount|_mcount|__fentry__|__gmon_start__mcount)$/, option: '-pg' },
];

interface Symbols {
  readonly symbol: string;
  readonly kind: 'added' | 'removed';
  readonly offset: number | undefined;
}

/** Symbols that only one side has: ELF's own names, of which dynamic ones may have a version. */
function oneSided({ inside }: ContentView): Symbols[] {
  return (inside?.parts ?? []).flatMap(({ kind, name, offset }) => {
    const symbol = /^symbol (?<symbol>[\w.]{1,80})/.exec(name)?.groups?.['symbol'];
    return symbol !== undefined && (kind === 'added' || kind === 'removed') ? [{ symbol, kind, offset }] : [];
  });
}

/** What the compiler makes of a function or a string of its own: `sum.constprop.0`, `main.cold`. */
const made = /\.|^__PRETTY_FUNCTION__/;

/** Names that only one side has, where options alone account for all of them: else the source is another. */
function calledSymbols(view: ContentView): Found[] {
  const symbols = oneSided(view);
  const names = new Set(symbols.map(({ symbol }) => symbol));
  const found = new Map<string, Found>();
  for (const { symbol, kind, offset } of symbols) {
    const option = callsOf.find((each) => each.symbol.test(symbol))?.option;
    if (option === undefined) {
      if (made.test(symbol) || names.has(`__${symbol}_chk`)) continue;
      return [];
    }
    if (found.has(option)) continue;
    const said = `${option}: calls ${symbol}`;
    found.set(option, { offset, ...(kind === 'removed' ? { a: said, b: null } : { a: null, b: said }) });
  }
  return [...found.values()];
}

/** Texts of the program and of its tools: where these differ, there is more than options. */
const text = /^section \.(?:rodata|data|comment|dynstr|note\.go\.buildid)|^custom section producers$|^Go /;

/** A text by itself, or letters among the bytes that are shown. */
const shownText = /^[^\d]|"|\|[^|]{0,80}[A-Za-z ]{5}/;

/** The same functions, texts and compiler, and other code: nothing in it says by which options. */
function otherCode(view: ContentView): Found[] {
  const { inside } = view;
  if (inside?.format !== 'elf') return [];
  const code = inside.parts.find(({ kind, name }) => kind === 'changed' && name === 'section .text');
  if (code === undefined || oneSided(view).some(({ symbol }) => !made.test(symbol))) return [];
  const said = inside.parts.some(
    ({ name, a, b }) => text.test(name) && [a, b].some((value) => shownText.test(value ?? '')),
  );
  return said ? [] : [{ offset: code.offset, a: 'the same names and texts', b: 'the same, with other code' }];
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
    const { evidence, likely } = collectEvidence(facts, (view) => {
      const sure = [
        ...producerOptions(view),
        ...strippedSections(view),
        ...calledSymbols(view),
        ...goSettings(view, goOption),
      ];
      if (sure.length > 0) return sure.map((found) => ({ ...found, confidence: 'likely' as const }));
      return otherCode(view).map((found) => ({ ...found, confidence: 'possible' as const }));
    });
    return evidence.length === 0 ? undefined : { confidence: likely ? 'likely' : 'possible', evidence };
  },
};
