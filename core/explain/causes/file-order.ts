import type { Explainer } from '../explainer.ts';

export const fileOrder: Explainer = {
  meta: {
    id: 'file-order',
    title: 'The same members stand in another order',
    remedy:
      'Sort what is packed, independent of the locale: tar --sort=name, `LC_ALL=C sort`, sorted(os.listdir(…)); directories come in no particular order.',
    needs: ['names'],
  },
  explain({ deltas }) {
    const evidence = deltas
      .filter(({ kind, field }) => kind === 'order' || field === 'zip_local_order')
      .map((delta) => ({ delta, a: delta.a, b: delta.b }));
    return evidence.length === 0 ? undefined : { confidence: 'likely', evidence };
  },
};
