-- expect: returns true
-- attack: widths, precisions and flags that no format takes
for _, f in ipairs({ '%999d', '%.999f', '%+-#0 +5d', '%', '%y', '%1$d', '%n', '%*d', '%100s', '%.100s' }) do
  pcall(string.format, f, 1)
end
return not pcall(string.format, '%999d', 1)
