import { definePage } from "../../lib/page";
definePage({ texts: "care", view: () => ({}) });
