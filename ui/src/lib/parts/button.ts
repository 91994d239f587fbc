// The looks of everything one presses; Button, IconButton and links that look like buttons share it.
import { tv, type VariantProps } from 'tailwind-variants/lite';

export const buttonLook = tv({
  base: [
    'inline-flex shrink-0 items-center justify-center gap-1.5 border font-medium whitespace-nowrap select-none',
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
      // On phones nothing is lower than a thumb needs.
      sm: 'h-7 rounded-md text-sm max-md:h-11',
      md: 'h-9 rounded-md text-base max-md:h-11',
      lg: 'h-11 rounded-lg text-md',
    },
    shape: { text: '', icon: 'aspect-square' },
    wide: { true: 'w-full', false: '' },
  },
  // Only words need room at their sides: an icon's button is a square.
  compoundVariants: [
    { shape: 'text', size: 'sm', class: 'px-2.5' },
    { shape: 'text', size: 'md', class: 'px-3.5' },
    { shape: 'text', size: 'lg', class: 'px-5' },
  ],
  defaultVariants: { look: 'secondary', size: 'md', shape: 'text', wide: false },
});

export type ButtonLook = NonNullable<VariantProps<typeof buttonLook>['look']>;
export type ButtonSize = NonNullable<VariantProps<typeof buttonLook>['size']>;
