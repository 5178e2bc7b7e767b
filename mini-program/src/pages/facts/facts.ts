import { definePage } from "../../lib/page";
definePage({ texts: "facts", view: () => ({}) });
