// The look of everything one types into. The form renderer's widgets use it too, so that a form looks like the product.
import { tv } from 'tailwind-variants/lite';

export const fieldLook = tv({
  base: [
    'w-full rounded-md border border-line-strong bg-raised text-base text-ink transition-colors',
    'hover:border-muted focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent',
    'disabled:bg-sunken disabled:text-muted',
    'aria-invalid:border-danger aria-invalid:focus:outline-danger',
  ],
  variants: {
    kind: {
      line: 'h-9 px-3 read-only:bg-sunken',
      area: 'min-h-20 px-3 py-2 read-only:bg-sunken',
      select: 'h-9 appearance-none pr-8 pl-3',
    },
    size: { sm: 'h-8 text-sm', md: '', lg: 'h-11' },
  },
  defaultVariants: { kind: 'line', size: 'md' },
});
