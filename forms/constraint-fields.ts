import type { Constraint } from './types.ts';

/** The fields that a rule between fields or records reads. */
export function constraintFields(constraint: Constraint): string[] {
  switch (constraint.kind) {
    case 'unique':
      return constraint.fields;
    case 'noOverlap':
      return [...constraint.same, constraint.from, constraint.to];
    case 'sharesSumTo1':
      return [constraint.of, constraint.share, constraint.from, constraint.to];
    case 'compare':
      return [constraint.left, constraint.right];
  }
}
