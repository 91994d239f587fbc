// Small coloured words: states, counts, marks. The text always says it; colour only helps.
import { tv, type VariantProps } from 'tailwind-variants/lite';

export const badgeLook = tv({
  base: 'inline-flex shrink-0 items-center gap-1 border text-xs font-medium whitespace-nowrap',
  variants: {
    tone: {
      neutral: 'border-line bg-sunken text-ink-soft',
      accent: 'border-accent-line bg-accent-soft text-accent-ink',
      info: 'border-info-line bg-info-soft text-info-ink',
      warn: 'border-warn-line bg-warn-soft text-warn-ink',
      danger: 'border-danger-line bg-danger-soft text-danger-ink',
    },
    pill: { true: 'rounded-full px-2', false: 'rounded-sm px-1.5' },
  },
  defaultVariants: { tone: 'neutral', pill: false },
});

export type Tone = NonNullable<VariantProps<typeof badgeLook>['tone']>;
