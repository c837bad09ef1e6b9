// What the mixin needs of PromQL: where a metric of the exporter is selected.
local letters = {
  [char]: true
  for char in std.stringChars('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:')
};
local isName(text, number) =
  0 <= number && number < std.length(text) && std.objectHas(letters, text[number]);
local endOfName(text, from) = if isName(text, from) then endOfName(text, from + 1) else from;

{
  // 'near_limit_ratio' of 'license:near_limit_ratio:threshold'.
  between(name):: std.split(name, ':')[1],

  // The expression with `matchers` in each selector of a metric license_…: labels and recorded series
  // have other names, and what stands in quotes is none.
  select(expression, matchers)::
    local selected(part) =
      local end = endOfName(part, 0);
      local name = std.substr(part, 0, end);
      local rest = std.substr(part, end, std.length(part));
      if std.startsWith(rest, '{') then name + '{' + matchers + ', ' + std.substr(rest, 1, std.length(rest))
      else name + '{' + matchers + '}' + rest;
    local begins(before) = !isName(before, std.length(before) - 1);
    local unquoted(text) =
      local parts = std.split(text, 'license_');
      std.join('license_', [
        if number > 0 && begins(parts[number - 1]) then selected(parts[number]) else parts[number]
        for number in std.range(0, std.length(parts) - 1)
      ]);
    local parts = std.split(expression, '"');
    local found = [
      if number % 2 == 0 then unquoted(parts[number]) else parts[number]
      for number in std.range(0, std.length(parts) - 1)
    ];
    if matchers == '' then expression
    else std.strReplace(std.join('"', found), '{__name__', '{' + matchers + ', __name__'),
}
