// A form that comes from the schema: a field for each property, checked as it is typed by whoever listens.
Component({
  properties: { fields: { type: Array, value: [] }, t: { type: Object, value: {} } },
  methods: {
    typed(event: WechatMiniprogram.Input) {
      this.tell(event.currentTarget.dataset["path"] as string, event.detail.value);
    },
    chosen(event: WechatMiniprogram.TouchEvent) {
      const { path, value } = event.currentTarget.dataset as { path: string; value: string };
      this.tell(path, value);
    },
    picked(event: WechatMiniprogram.CustomEvent<{ value: string | number }>) {
      this.tell(event.currentTarget.dataset["path"] as string, event.detail.value);
    },
    tell(path: string, value: string | number) {
      this.triggerEvent("change", { path, value });
    },
  },
});
