import { describe, expect, test, vi } from 'vitest';
import { inspect } from '#core/inspect/inspect.ts';
import type { Inspector } from '#core/inspect/inspector.ts';
import { Work } from '#core/inspect/work.ts';

const [a, b] = [Buffer.from('one'), Buffer.from('two')];

function inspector(id: string, look: Inspector['inspect']): Inspector {
  return { id, title: id, recognises: (name) => name !== 'other', inspect: look };
}

const sized = inspector('sized', (one, other, work) => {
  work.spend(one.byteLength + other.byteLength);
  return { parts: [{ kind: 'changed', name: 'all' }], complete: true };
});
const refusing = inspector('refusing', () => undefined);
const endless = inspector('endless', (_a, _b, work) => {
  for (;;) work.spend(1024);
});

describe('a look inside two contents', () => {
  test('is by the first format that both have and that can say where', () => {
    const found = inspect('name', a, b, new Work(100), () => {}, [refusing, sized]);
    expect(found).toEqual({ format: 'sized', parts: [{ kind: 'changed', name: 'all' }], complete: true });
  });

  test('finds nothing where no format is recognised', () => {
    expect(inspect('other', a, b, new Work(100), () => {}, [sized])).toBeUndefined();
  });

  test('that takes too much work is cut, is told, and leaves the next format its share', () => {
    const onCut = vi.fn();
    const total = new Work(100 * 1024 ** 2);
    const found = inspect('name', a, b, total, onCut, [endless, sized]);
    expect(found?.format).toBe('sized');
    expect(onCut).toHaveBeenCalledTimes(1);
    expect(total.left).toBeLessThan(40 * 1024 ** 2);
  });

  test('costs what it took, and no more can be spent than there is', () => {
    const total = new Work(8);
    expect(inspect('name', a, b, total, () => {}, [sized])?.format).toBe('sized');
    expect(total.left).toBe(2);
    const onCut = vi.fn();
    expect(inspect('name', a, b, total, onCut, [sized])).toBeUndefined();
    expect(onCut).toHaveBeenCalledTimes(1);
    expect(total.left).toBe(0);
  });
});
