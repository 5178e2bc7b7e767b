import { definePage } from "../../lib/page";
definePage({ texts: "contact", view: () => ({}) });
