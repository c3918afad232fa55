//! The programs of `fail/`, mended.

#[path = "../mended/callback_not_send.rs"]
mod callback_not_send;
#[path = "../mended/colliding_keys.rs"]
mod colliding_keys;
#[path = "../mended/default_of_another_type.rs"]
mod default_of_another_type;
#[path = "../mended/derived_circle.rs"]
mod derived_circle;
#[path = "../mended/derived_inputs.rs"]
mod derived_inputs;
#[path = "../mended/derived_settings.rs"]
mod derived_settings;
#[path = "../mended/derived_types.rs"]
mod derived_types;
#[path = "../mended/derived_written.rs"]
mod derived_written;
#[path = "../mended/enumeration.rs"]
mod enumeration;
#[path = "../mended/inbox_moved.rs"]
mod inbox_moved;
#[path = "../mended/lifetime.rs"]
mod lifetime;
#[path = "../mended/name_not_registered.rs"]
mod name_not_registered;
#[path = "../mended/name_of_another.rs"]
mod name_of_another;
#[path = "../mended/no_default.rs"]
mod no_default;
#[path = "../mended/no_equality.rs"]
mod no_equality;
#[path = "../mended/not_clone.rs"]
mod not_clone;
#[path = "../mended/not_send.rs"]
mod not_send;
#[path = "../mended/other_runtime_keys.rs"]
mod other_runtime_keys;
#[path = "../mended/private_field.rs"]
mod private_field;
#[path = "../mended/registered_twice.rs"]
mod registered_twice;
#[path = "../mended/same_text_name.rs"]
mod same_text_name;
#[path = "../mended/source_not_held.rs"]
mod source_not_held;
#[path = "../mended/tuple_struct.rs"]
mod tuple_struct;
#[path = "../mended/unknown_setting.rs"]
mod unknown_setting;
#[path = "../mended/unused_view.rs"]
mod unused_view;
#[path = "../mended/unused_watcher.rs"]
mod unused_watcher;
#[path = "../mended/watch_of_another.rs"]
mod watch_of_another;
#[path = "../mended/window_without_order.rs"]
mod window_without_order;
#[path = "../mended/zero_queue.rs"]
mod zero_queue;

fn main() {
    callback_not_send::main();
    colliding_keys::main();
    default_of_another_type::main();
    derived_circle::main();
    derived_inputs::main();
    derived_settings::main();
    derived_types::main();
    derived_written::main();
    enumeration::main();
    inbox_moved::main();
    lifetime::main();
    name_not_registered::main();
    name_of_another::main();
    no_default::main();
    no_equality::main();
    not_clone::main();
    not_send::main();
    other_runtime_keys::main();
    private_field::main();
    registered_twice::main();
    same_text_name::main();
    source_not_held::main();
    tuple_struct::main();
    unknown_setting::main();
    unused_view::main();
    unused_watcher::main();
    watch_of_another::main();
    window_without_order::main();
    zero_queue::main();
}
