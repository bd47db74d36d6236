import type { ContentView } from '#core/compare/content-view.ts';
import type { Evidence } from './explainer.ts';

/**
 * What two programs by Go say otherwise of their builds, as far as its name matches: `-trimpath=true`, or null for the
 * side that does not say. Names: core/inspect/binary/go-build-info.ts.
 */
export function goSettings({ inside }: ContentView, name: RegExp): Omit<Evidence, 'delta'>[] {
  const parts = inside?.parts.filter((part) => name.test(part.name)) ?? [];
  return parts.map((part) => {
    const said = part.name.replace(/^Go (?:build setting|dependency|module|package) /, '');
    const say = (value: string | null | undefined) =>
      value === null || value === undefined ? null : `${said}=${value}`;
    return { offset: part.offset, a: say(part.a), b: say(part.b) };
  });
}
