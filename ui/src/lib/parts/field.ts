// The look of everything one types into. The form renderer's widgets use it too, so that a form looks like the product.
import { tv } from 'tailwind-variants/lite';

export const fieldLook = tv({
  base: [
    'w-full rounded-md border border-line-strong bg-raised text-ink transition-colors',
    'hover:border-muted focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent',
    'disabled:bg-sunken disabled:text-muted',
    'aria-invalid:border-danger aria-invalid:focus:outline-danger',
  ],
  variants: {
    kind: {
      line: 'px-3 read-only:bg-sunken',
      area: 'min-h-20 px-3 py-2 read-only:bg-sunken',
      select: 'appearance-none truncate pr-8 pl-3',
    },
    size: { sm: 'text-sm', md: 'text-base', lg: 'text-base' },
  },
  // One class a property: nothing merges them. A text area is as high as its text; on phones no line is lower than a thumb needs.
  compoundVariants: [
    { kind: ['line', 'select'], size: 'sm', class: 'h-8 max-md:h-11' },
    { kind: ['line', 'select'], size: 'md', class: 'h-9 max-md:h-11' },
    { kind: ['line', 'select'], size: 'lg', class: 'h-11' },
  ],
  defaultVariants: { kind: 'line', size: 'md' },
});
