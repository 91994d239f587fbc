// The looks of everything one presses; Button, IconButton and links that look like buttons share it.
import { tv, type VariantProps } from 'tailwind-variants/lite';

export const buttonLook = tv({
  base: [
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none',
    'transition-colors disabled:opacity-50 aria-disabled:opacity-50',
  ],
  variants: {
    look: {
      primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-hover',
      secondary: 'border-line-strong bg-raised text-ink hover:bg-hover',
      danger: 'border-danger-line bg-raised text-danger-ink hover:bg-danger-soft',
      'danger-solid': 'border-transparent bg-danger text-white hover:bg-danger-hover dark:text-black',
      ghost: 'border-transparent bg-transparent text-ink-soft hover:bg-hover hover:text-ink',
      link: 'border-transparent bg-transparent text-accent-ink underline-offset-4 hover:underline',
    },
    size: {
      sm: 'h-7 px-2.5 text-sm',
      md: 'h-9 px-3.5 text-base',
      lg: 'h-11 rounded-lg px-5 text-md',
    },
    shape: { text: '', icon: 'aspect-square px-0' },
    wide: { true: 'w-full', false: '' },
  },
  defaultVariants: { look: 'secondary', size: 'md', shape: 'text', wide: false },
});

export type ButtonLook = NonNullable<VariantProps<typeof buttonLook>['look']>;
export type ButtonSize = NonNullable<VariantProps<typeof buttonLook>['size']>;
