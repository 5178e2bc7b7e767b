/** What fills the studio: the editor with its panes, or what is made of the work. */
export const VIEWS = ["write", "try", "compare", "publish"] as const;
export type View = (typeof VIEWS)[number];
