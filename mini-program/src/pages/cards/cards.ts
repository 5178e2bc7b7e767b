import { definePage } from "../../lib/page";
definePage({ texts: "cards", view: () => ({}) });
